# What a contributor runs; plain `make` lists it.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
export SWIFT

binary := .build/release/swiftllm
bin := $(DESTDIR)$(PREFIX)/bin
share := $(DESTDIR)$(PREFIX)/share
# Tests in release keep a folder of their own: testable modules are built with other flags.
release_tests := -c release --scratch-path .build-tests

.PHONY: help build model demo test test-slow test-client conformance fuzz fuzz-templates fuzz-tokenizers check-torch \
  bench bench-kernels bench-peers bench-tensors bench-templates bench-tokenizers perplexity peers lint format check fixtures \
  man completions help-texts snapshots install uninstall dependencies toolchain
.NOTPARALLEL:

help: ## list these targets
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
	  while IFS='|' read -r name text; do printf '  %-13s %s\n' "$$name" "$$text"; done

# The runtime is linked in, so the program also starts, and sooner, where Swift is not installed.
build: toolchain ## build the program: .build/release/swiftllm
	@echo '==> build (release)'
	@$(SWIFT) build -c release --static-swift-stdlib --product swiftllm

model: ## fetch the default models into the cache folder (177 MB, once)
	@echo '==> model'
	@scripts/fetch-model.sh
	@scripts/fetch-model.sh --sentences

demo: ## from a fresh clone to an answer: install, build, fetch the model, run
	@scripts/demo.sh

# Optimized as the program is: kernels without optimization are too slow to test whole models with.
test: dependencies build model ## install what is missing, build, run all tests but the slow ones
	@echo '==> tests'
	@scripts/run-tests.sh $(release_tests) --skip '[./]`?Slow:? '
	@python3 -m unittest discover --quiet --start-directory Benchmarks/Peers

test-slow: dependencies build model ## run the tests that take minutes
	@echo '==> slow tests (release)'
	@scripts/run-tests.sh $(release_tests) --filter '[./]`?Slow:? '

test-client: build ## ask the server as vLLM's Python clients do
	@echo '==> server and client'
	@scripts/test-server-client.sh

DATA ?= ../shared/data
conformance: toolchain ## run the conformance suites on the files in DATA=DIR (../shared/data)
	@test -d '$(DATA)' || { echo "conformance: no folder '$(DATA)': say make conformance DATA=DIR" >&2; exit 1; }
	@echo '==> conformance with $(abspath $(DATA))'
	@SWIFTLLM_CONFORMANCE_DATA='$(abspath $(DATA))' scripts/run-tests.sh $(release_tests) --filter '[Cc]onformance'

FORMAT ?= torch
SECONDS ?= 1800
fuzz: toolchain ## fuzz the reader of FORMAT (torch, safetensors, npy, gguf) for SECONDS (1800)
	@echo '==> fuzz $(FORMAT) for $(SECONDS) s'
	@DATA='$(DATA)' scripts/fuzz.sh $(FORMAT) $(SECONDS)

tensor_files := Tools/.build/release/TensorFiles
PYTHON ?= .venv/bin/python
define build_tensor_files
@$(SWIFT) build --package-path Tools -c release --product TensorFiles
endef

check-torch: toolchain ## check 200 random files of our writer with torch (PYTHON=…, needs torch 2.13)
	$(build_tensor_files)
	@echo '==> files checked by torch'
	@$(PYTHON) scripts/check_torch_files.py $(tensor_files)

bench-tensors: toolchain ## time tensor files against torch (PYTHON=…, needs torch 2.13)
	$(build_tensor_files)
	@echo '==> tensor files and torch, alternating'
	@$(PYTHON) scripts/bench_tensor_files.py $(tensor_files)

benchmarks := Benchmarks/.build/release/Benchmarks
define build_benchmarks
@$(SWIFT) build --package-path Benchmarks -c release --product Benchmarks
endef

bench: toolchain ## measure MODEL=… (those of make model) against what the machine can do
	$(build_benchmarks)
	@echo '==> speed, a JSON line for each cell'
	@$(benchmarks) cells $(MODEL)

bench-kernels: toolchain ## measure products of each type of weights
	$(build_benchmarks)
	@echo '==> products, a JSON line for each'
	@$(benchmarks) kernels

OPTIONS ?=
peers:
	@test -d '$(PEERS)' || { echo "no folder '$(PEERS)': say make $(MAKECMDGOALS) PEERS=DIR" >&2; exit 1; }

bench-peers: peers build ## measure in turns with what is in PEERS=DIR (OPTIONS=…: Benchmarks/README.md)
	$(build_benchmarks)
	@echo '==> speed, in turns with the peers in $(PEERS)'
	@python3 Benchmarks/Peers/bench_peers.py --peers '$(PEERS)' $(OPTIONS)

perplexity: peers toolchain ## compare the perplexity of TEXT=FILE with llama.cpp's in PEERS=DIR
	$(build_benchmarks)
	@echo '==> perplexity'
	@python3 Benchmarks/Peers/compare_perplexity.py --peers '$(PEERS)' $(OPTIONS) '$(TEXT)'

# The packages beside the program's own.
packages := Tools/Package.swift Tools/Sources Benchmarks/Package.swift Benchmarks/Sources
c_files = $$(find Sources Benchmarks/Sources -name '*.[ch]' -o -name '*.inc')
template_lines := Tools/.build/release/TemplateLines
define build_template_lines
@$(SWIFT) build --package-path Tools -c release --product TemplateLines
endef

COUNT ?= 20000
SEED ?= 1
fuzz-templates: toolchain ## compare COUNT (20000) random templates with jinja2 (PYTHON=…, needs transformers 5.23)
	$(build_template_lines)
	@echo '==> templates and jinja2'
	@$(PYTHON) scripts/fuzz_templates.py $(template_lines) $(COUNT) $(SEED)

bench-templates: toolchain ## time renders against jinja2 (PYTHON=…, needs transformers 5.23)
	$(build_template_lines)
	@echo '==> renders, alternating with jinja2'
	@$(PYTHON) scripts/bench_templates.py $(template_lines) '$(DATA)/chat_templates/templates'

tokenizer_lines := Tools/.build/release/TokenizerLines
define build_tokenizer_lines
@$(SWIFT) build --package-path Tools -c release --product TokenizerLines
endef

bench-tokenizers: toolchain ## time tokenizers against Hugging Face's on the files in DATA (PYTHON=…, needs tokenizers)
	$(build_tokenizer_lines)
	@echo '==> tokenizers, alternating'
	@$(PYTHON) scripts/bench_tokenizers.py $(tokenizer_lines) '$(DATA)/eval/wikitext2_test_part.txt' '$(DATA)'/tokenizers/json/*

LINES ?= 10000
fuzz-tokenizers: toolchain ## compare LINES random lines (10000) with Hugging Face tokenizers (PYTHON=…, needs tokenizers)
	$(build_tokenizer_lines)
	@echo '==> random lines'
	@$(PYTHON) scripts/fuzz_tokenizers.py $(tokenizer_lines) $(LINES) 1 '$(DATA)'/tokenizers/json/*
	@$(PYTHON) scripts/fuzz_tokenizers.py $(tokenizer_lines) $(LINES) 1

lint: dependencies toolchain ## check format, style, shell scripts and the module graph
	@echo '==> swift format lint'
	@$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests $(packages)
	@echo '==> clang-format'
	@if command -v clang-format >/dev/null; \
	  then clang-format --dry-run --Werror $(c_files); \
	  else echo 'clang-format is not installed: C files are not checked'; fi
	@echo '==> shellcheck'
	@shellcheck scripts/*.sh .ci/run
	@echo '==> imports'
	@scripts/check-imports.sh

format: toolchain ## rewrite Swift (and C, if clang-format is installed) in the project's style
	@echo '==> swift format'
	@$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests $(packages)
	@if command -v clang-format >/dev/null; \
	  then clang-format -i $(c_files); fi

check: lint test test-client ## lint and test: what CI runs

fixtures: ## write Tests/Fixtures anew with the Python references (in .venv)
	@echo '==> fixtures'
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/python -m pip install --quiet --requirement Tests/Fixtures/requirements.txt
	@model=$$(scripts/fetch-model.sh) || exit 1; \
	sentences=$$(scripts/fetch-model.sh --sentences) || exit 1; \
	for script in Tests/Fixtures/make_*.py; do \
	  echo "==> $$script"; \
	  case "$$script" in */make_fixtures.py) set -- --smollm2 "$$model";; \
	    */make_encoder_fixtures.py) set -- --minilm "$$sentences";; *) set --;; esac; \
	  .venv/bin/python "$$script" "$$@" || exit 1; \
	done

man: build ## write man/swiftllm.1 anew from the option tables
	$(call print,--generate man,man/swiftllm.1)

completions: build ## write the bash, zsh and fish completions anew from the option tables
	$(call print,--generate complete-bash,completions/swiftllm.bash)
	$(call print,--generate complete-zsh,completions/_swiftllm)
	$(call print,--generate complete-fish,completions/swiftllm.fish)

# A failed run must not leave half a file, or none, where a good one was.
define print
@echo '==> $(2)'
@mkdir -p $(dir $(2))
@$(binary) $(1) >$(2).new && mv $(2).new $(2) || { rm -f $(2).new; exit 1; }
endef

help-texts: build
	$(call print,--help,Tests/Snapshots/help/swiftllm.txt)
	$(call print,generate --help,Tests/Snapshots/help/generate.txt)
	$(call print,encode-embeds --help,Tests/Snapshots/help/encode-embeds.txt)
	$(call print,embed --help,Tests/Snapshots/help/embed.txt)
	$(call print,serve --help,Tests/Snapshots/help/serve.txt)

snapshots: man completions \
  help-texts ## write all committed files that the program prints itself

install: ## install program, manual and completions under PREFIX (/usr/local), after make build
	@test -x $(binary) || { echo "install: '$(binary)' is missing: run 'make build' first" >&2; exit 1; }
	@echo '==> install to $(DESTDIR)$(PREFIX)'
	@install -D -m 755 $(binary) '$(bin)/swiftllm'
	@install -D -m 644 man/swiftllm.1 '$(share)/man/man1/swiftllm.1'
	@install -D -m 644 completions/swiftllm.bash '$(share)/bash-completion/completions/swiftllm'
	@install -D -m 644 completions/_swiftllm '$(share)/zsh/site-functions/_swiftllm'
	@install -D -m 644 completions/swiftllm.fish '$(share)/fish/vendor_completions.d/swiftllm.fish'

uninstall: ## remove what install put under PREFIX
	@echo '==> uninstall from $(DESTDIR)$(PREFIX)'
	@rm -f '$(bin)/swiftllm' '$(share)/man/man1/swiftllm.1' \
	  '$(share)/bash-completion/completions/swiftllm' '$(share)/zsh/site-functions/_swiftllm' \
	  '$(share)/fish/vendor_completions.d/swiftllm.fish'

dependencies:
	@echo '==> dependencies'
	@scripts/install-dependencies.sh --test

toolchain:
	@command -v $(SWIFT) >/dev/null || { echo "'$(SWIFT)' is not in PATH: Swift 6.2 or later is needed" >&2; exit 1; }
