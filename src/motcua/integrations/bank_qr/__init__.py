"""Mã QR chuyển khoản: VietQR by the rules of EMVCo, and the bank's word that money came."""
