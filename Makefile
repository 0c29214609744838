# Một cửa. make run: chạy thử; make test: kiểm thử; make check: soát mã; make bench: đo tốc độ.
PYTHON ?= python3
ARGS ?=
PROCESSORS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
SETUP = command -v $(PYTHON) >/dev/null 2>&1 || { echo "Cần Python 3.11 trở lên (không thấy lệnh $(PYTHON))." >&2; exit 1; }
TEMPLATES = src/motcua/web

.PHONY: help run test check format bench lock clean setup
.DEFAULT_GOAL := help

help: ## Danh sách lệnh
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: ## Chạy tất cả; PORT=8080 make run để đổi cổng, Ctrl-C để dừng
	@$(SETUP); exec $(PYTHON) tools/prepare.py run $(ARGS)

test: ## Toàn bộ kiểm thử, kể cả trình duyệt
	@$(SETUP); exec $(PYTHON) tools/prepare.py test -n $(PROCESSORS) --dist loadfile --no-loadscope-reorder --create-db $(ARGS)

setup: ## Cài đủ công cụ phát triển
	@$(SETUP); exec $(PYTHON) tools/prepare.py dev

check: setup ## Soát mã: kiểu, quy tắc, tầng nhà, khuôn mẫu, bảng
	@status=0; \
	step() { echo "— $$1"; shift; "$$@" || status=1; }; \
	step "ruff" .venv/bin/ruff check --quiet .; \
	step "ruff format" .venv/bin/ruff format --check --quiet .; \
	step "mypy" .venv/bin/mypy; \
	step "lint-imports" .venv/bin/lint-imports --no-logo; \
	step "djlint" .venv/bin/djlint --quiet --lint $(TEMPLATES) --extension html; \
	step "migrations" env MOTCUA_DEMO=1 .venv/bin/motcua manage makemigrations --check --dry-run; \
	test $$status = 0 && echo "Mã sạch." ; exit $$status

format: setup ## Sắp lại mã cho đúng quy tắc
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format .

bench: setup ## Đo tốc độ, so với giới hạn đo trong cùng lần chạy
	@exec .venv/bin/python -m bench $(ARGS)

lock: ## Khóa lại thư viện Python theo requirements/*.in
	@cd requirements && for kind in base dev; do \
	  ../.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command "make lock" $$kind.in -o $$kind.txt || exit 1; done

clean: ## Xóa những gì sinh ra; dữ liệu trong var/ được giữ
	@rm -rf build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache node_modules \
	  src/motcua/web/ui/static/built tests/screenshots var/static var/static.stamp var/assets.stamp
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
