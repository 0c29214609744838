"""Nơi cấp tài khoản mô phỏng: an OpenID provider inside the application, for demos and tests; it misbehaves on demand."""
