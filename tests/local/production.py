"""An environment of production that starts."""

SECRET = "qV3xT9mLw7RbZ2kHn5YcD8pGf4JsA6eUt1NvQoXiBrMzWhKyEl"


PRODUCTION = {
    "DATABASE_URL": "postgresql://u:p@127.0.0.1:1/connect",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://u:p@127.0.0.1:1",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "connect.eu",
    "STORAGE_URL": "file:///tmp",
    "FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "ERASURE_KEY": SECRET[::-1],
    "FROM_EMAIL": "CONNECT <connect@connect.eu>",
    "CONTACT_EMAIL": "team@connect.eu",
    "IATI_ORGANISATION": "XM-DAC-7",
}
