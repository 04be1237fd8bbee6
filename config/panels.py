"""Which panels stand at which place, in this order? Place → functions (subject, user) → Panel or None."""

PANELS = {
}
