"""How staff sign in: django-allauth's headless API under `/_allauth/app/v1/`, with our rules on top of it."""
