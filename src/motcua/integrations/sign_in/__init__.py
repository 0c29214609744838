"""Đăng nhập qua nơi cấp tài khoản: OpenID Connect with the national portal (VNConnect) and VNeID; a simulator of both."""
