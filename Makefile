# CrisisDesk 舆情应对台. `make run` and `make test` are all that a fresh machine needs; `make help` lists the rest.

PYTHON ?= python3
# A CPU build where the package index offers one under this name; override for CUDA: make run TORCH=torch
TORCH ?= torch==2.13.0
MODELS ?= .cache/models
WHEELS ?= .cache/wheels

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LLAMA := llama-cpp-python==0.3.36
LLAMA_OPTIONS := -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF \
	-DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_APP=OFF

# Modules stay compiled, whatever the environment says: every process would compile them again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check bench docs install models llm llm-later dev browser clean
.DEFAULT_GOAL := help

help:  ## 列出可用命令
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: install models llm-later  ## 安装并启动演示：http://127.0.0.1:8000
	@CRISISDESK_DEMO=true $(BIN)/crisisdesk serve

test: dev models llm browser  ## 安装并运行全部测试
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: dev  ## 代码检查：ruff、mypy、import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: dev models llm .venv/.bench  ## 运行基准测试
	$(BIN)/crisisdesk bench --quick

docs: dev models llm  ## 生成规则参考、内置规则说明，起草示例声明
	$(BIN)/python -m rules.reference
	$(BIN)/python -m rules.pack_page
	$(BIN)/python -m engine.drafting.gallery --models $(MODELS)

install: .venv/.installed  ## 安装程序到 .venv
models: .venv/.installed  ## 准备内置向量模型（已准备好的不再做）
	@echo '[2/3] 内置向量模型（首次约1分钟，之后几秒）'
	@$(BIN)/python -m retrieval.bundle --models $(MODELS) --embedder
llm: .venv/.llm $(MODELS)/.llm  ## 编译并准备本地语言模型（两核约7分钟，只需一次）
dev: .venv/.dev

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --upgrade pip

.venv/.installed: pyproject.toml | .venv/bin/python
	@echo '[1/3] 安装依赖（首次约3分钟，之后几秒）'
	$(PIP) install --progress-bar on '$(TORCH)'
	$(PIP) install --progress-bar on --editable .
	@touch $@

.venv/.bench: .venv/.installed
	$(PIP) install --progress-bar on --editable '.[bench]'
	@touch $@

.venv/.dev: .venv/.installed
	$(PIP) install --progress-bar on --editable '.[dev]'
	@touch $@

$(MODELS)/.llm: retrieval/models.toml | .venv/.installed
	@echo '[3/3] 准备内置语言模型文件'
	$(BIN)/python -m retrieval.bundle --models $(MODELS) --llm
	@touch $@

.venv/.llm: | .venv/.installed
	@ls $(WHEELS)/llama_cpp_python-*.whl >/dev/null 2>&1 || { \
		echo '[3/3] 编译 llama-cpp-python（两核约7分钟，只需一次；编译好的文件保留在 $(WHEELS)）'; \
		mkdir -p $(WHEELS) && CMAKE_ARGS='$(LLAMA_OPTIONS)' $(PIP) wheel --no-deps --wheel-dir $(WHEELS) '$(LLAMA)' & \
		build=$$!; while kill -0 $$build 2>/dev/null; do sleep 15; printf '.'; done; echo; wait $$build; }
	$(PIP) install --quiet $(WHEELS)/llama_cpp_python-*.whl
	@touch $@

# The server starts without the language model; prose slots use their first wording until it is there.
llm-later:
	@if [ ! -e .venv/.llm ] || [ ! -e $(MODELS)/.llm ]; then \
		echo '[3/3] 语言模型在后台准备（进度见 .cache/llm.log），其余功能现在就能用'; \
		mkdir -p .cache && (nice $(MAKE) --no-print-directory llm >.cache/llm.log 2>&1 &) ; fi

browser:
	@.ci/browser

clean:  ## 删除安装与缓存（不删数据）
	rm -rf .venv .cache build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
