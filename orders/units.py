"""What is a unit of quantity called, in English and in Chinese? Pure."""

UNITS = {"pcs": ("pcs", "件"), "pc": ("pcs", "件"), "ea": ("pcs", "件"), "box": ("boxes", "箱"), "set": ("sets", "套"),
         "kg": ("kg", "千克"), "t": ("t", "吨"), "m": ("m", "米"), "l": ("l", "升")}


def say_unit(code, language):
    """A unit as people of this language write it; one nobody knows as it is written."""
    return UNITS.get((code or "").lower(), (code, code))[language == "zh"]
