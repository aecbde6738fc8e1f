# sanjian 三监联动. `make help` lists the targets. Each step that is already done costs nothing: .make/ holds the stamps.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIN := --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
MESSAGES := $(shell find src -name '*.po' 2>/dev/null)
export DJANGO_SETTINGS_MODULE := sanjian.face.site.settings

help: ## 列出可用命令 / list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .make/venv .make/npm .make/messages ## 安装依赖 / install what running needs

run: setup ## 启动全部和一座模拟小城 / start everything with a small simulated city
	$(BIN)/sanjian up --demo

test: .make/test-venv .make/npm .make/messages .make/system ## 运行全部测试 / run all tests
	$(BIN)/lint-imports
	$(BIN)/django-admin makemigrations --check --dry-run
	$(BIN)/pytest

lint: .make/test-venv ## 检查格式、类型、分层、模板、迁移 / all static checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src/sanjian
	$(BIN)/lint-imports
	$(BIN)/djlint --lint src --quiet
	$(BIN)/django-admin check --deploy --fail-level WARNING
	$(BIN)/django-admin makemigrations --check --dry-run

fmt: .make/test-venv ## 整理格式 / format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .make/test-venv ## 运行全部基准 / run every benchmark
	for name in $$($(BIN)/sanjian bench list); do $(BIN)/sanjian bench $$name --json || exit 1; done

pins: .make/test-venv ## 更新依赖锁定 / refresh requirements/*.txt
	$(BIN)/uv pip compile $(PIN) --extra build pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile $(PIN) --extra build --extra dev pyproject.toml -o requirements/test.txt

clean: ## 删除演示城市与环境 / remove the demonstration and the environment
	rm -rf var $(VENV) node_modules .make

.make/venv: requirements/run.txt pyproject.toml
	@mkdir -p .make
	command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11（$(PYTHON)）"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.make/test-venv: .make/venv requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

.make/npm: package-lock.json
	@mkdir -p .make
	npm ci --omit=dev --no-audit --no-fund --loglevel=error
	@touch $@

.make/messages: .make/venv $(MESSAGES)
	for folder in $$(find src -type d -name locale); do $(BIN)/pybabel --quiet compile --directory $$folder --domain django || exit 1; done
	@touch $@

# What the tests need for real: a browser with Chinese fonts and a PostgreSQL server. Running the platform needs neither.
.make/system:
	@mkdir -p .make
	if ! command -v chromium >/dev/null || ! ls -d /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
	  || ! fc-list ':lang=zh' 2>/dev/null | grep -q .; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    chromium fonts-noto-cjk fontconfig postgresql >/dev/null; fi
	@touch $@

.PHONY: help setup run test lint fmt bench pins clean
