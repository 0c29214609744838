"""Mô phỏng kho giấy tờ quốc gia, served by this installation where simulators are on."""
