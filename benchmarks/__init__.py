"""How fast is the hub, beside a named peer in the same run?"""
