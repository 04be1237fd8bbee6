"""Which role may do what? Role code → names and permissions; `manage.py sync_roles` writes them as groups."""

ROLES = {
}
