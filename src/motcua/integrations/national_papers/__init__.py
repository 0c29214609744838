"""Kho giấy tờ quốc gia: contract, client and simulator of the national store of digitised papers and results."""
