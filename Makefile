# The book's commands; "make help" lists them. Needs Python 3.11 to 3.13 with pip, and nothing else to build.
# All paths are relative, so that the repository may lie anywhere, also under a path with a space in it.

# The first Python here that is neither too old nor too new; "make book PYTHON=/path/to/python" chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
# Binder's; not := for only one command asks.
BINDER = python$(shell sed 's/python-//' runtime.txt)

VENV := .venv
RUN := $(VENV)/bin/python
# A stamp holds the folder it was made in: a virtual environment does not survive a move.
BOOK_STAMP := $(VENV)/installed-book
TEST_STAMP := $(VENV)/installed-tests
LITE_STAMP := $(VENV)/installed-lite
# Neither may lead the book to other code, nor have every import compiled again.
unexport PYTHONPATH PYTHONDONTWRITEBYTECODE PYTHONSTARTUP
# In the C locale setuptools cannot write the path of a folder with letters beyond ASCII.
ifneq "$(filter C POSIX,$(LC_ALL))" ""
export LC_ALL := C.UTF-8
endif
COMPILE := _build/lock/bin/python -m uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet

.PHONY: help book draft quick test weekly bench trial binder mutations spoken reproducible proofs links audit wheel lite lite-test zip epub pdf serve lab lock clean moved

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

book: $(BOOK_STAMP) ## build the book from clean, every notebook run anew, warnings as errors
	rm -rf _build book/models
	@mkdir _build && date +%s > _build/.began
	$(VENV)/bin/jupyter-book build . -W --keep-going
	$(RUN) book/ext/check_pages.py
	@echo $$(($$(date +%s) - $$(cat _build/.began))) > _build/seconds

draft: $(BOOK_STAMP) ## the book as it stands, in seconds: only what changed is made again; in _build/draft
	$(RUN) book/ext/make_draft.py

quick: $(TEST_STAMP) ## every test that needs no built book, browser or network, and the look of the code
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check --quiet
	$(RUN) -m pytest --numprocesses auto --dist loadgroup -m "not book and not browser and not network" tests

test: book $(TEST_STAMP) ## build the book, then run every test but the weekly ones
	$(RUN) book/ext/chromium.py
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check --quiet
	$(RUN) -m pytest --numprocesses auto --dist loadgroup --nbval-lax -m "not weekly" tests notebooks

weekly: book lite $(TEST_STAMP) ## the tests that are too long for each change
	$(RUN) book/ext/chromium.py
	$(RUN) -m pytest --numprocesses auto --dist loadgroup -m weekly tests

bench: $(TEST_STAMP) ## measure what readers wait for, in the book as it is built
	$(RUN) tests/benchmark

proofs: weekly mutations spoken reproducible binder ## the longer proofs, one after the other: two hours or three

trial: $(TEST_STAMP) ## add a study of LDN and its outcomes to the tables; FROM=file.toml, or be asked
	$(RUN) -m helpers.evidence.add_trial $(if $(FROM),--from "$(FROM)")

binder: $(TEST_STAMP) ## walk Binder's route: a clean environment from requirements.txt alone, every notebook in its JupyterLab
	@command -v $(BINDER) >/dev/null || { echo "make binder needs $(BINDER), the Python of runtime.txt."; exit 1; }
	rm -rf _build/binder
	git clone --quiet . _build/binder/repository
	$(BINDER) -m venv _build/binder/environment
	cd _build/binder/repository && ../environment/bin/python -m pip --disable-pip-version-check install --quiet --no-cache-dir -r requirements.txt
	cd _build/binder/repository && PATH="$(CURDIR)/_build/binder/environment/bin:$$PATH" ./postBuild
	LAB_PYTHON="$(CURDIR)/_build/binder/environment/bin/python" $(RUN) -m pytest -s tests/test_lab.py

mutations: ## break the book on purpose, one fault at a time, and see that the commands above notice
	$(or $(wildcard $(RUN)),python3) tests/mutations.py

spoken: $(TEST_STAMP) ## change numbers under figures and in tables, and see that no word stays false unnoticed
	$(RUN) tests/spoken_numbers.py

reproducible: $(BOOK_STAMP) ## build the last commit twice in different folders and compare every file
	$(RUN) tests/reproducible.py

links: $(BOOK_STAMP) ## follow every link of the book that leads to another site
	$(VENV)/bin/jupyter-book build . --builder linkcheck

audit: ## look the pins up in the lists of known vulnerabilities
	rm -rf _build/audit
	$(PYTHON) -m venv _build/audit
	_build/audit/bin/python -m pip --disable-pip-version-check install --quiet pip-audit==2.10.1
	sed '/^-e/d' requirements.txt tests/requirements.txt > _build/audit/pins.txt
	for pins in _build/audit/pins.txt book/ext/lite/requirements.txt book/ext/lite/wheels.txt; do \
		_build/audit/bin/python -m pip_audit --no-deps --disable-pip --requirement $$pins || exit 1; done

wheel: $(BOOK_STAMP) ## models, tables and figures as a package, in _build/wheel
	rm -rf _build/wheel
	$(RUN) -m pip --disable-pip-version-check wheel --quiet --no-deps --wheel-dir _build/wheel .
	@rm -rf build # setuptools leaves it

lite: $(LITE_STAMP) wheel ## chapters to run in the reader's own browser, beside the book as it is built; PYODIDE=where its files are
	PYODIDE="$(PYODIDE)" $(RUN) book/ext/make_lite.py

lite-test: $(TEST_STAMP) ## run every chapter in the browser and compare its numbers with the book's, after "make lite"
	$(RUN) -m pytest -m lite tests/test_lite.py

zip: $(BOOK_STAMP) ## the book as it is built, as one zip that works from a disk; in _build/html/downloads, like the next two
	$(RUN) book/ext/make_zip.py

epub: $(TEST_STAMP) ## the book as it is built, for e-readers
	$(RUN) book/ext/make_epub.py

pdf: $(TEST_STAMP) ## the book as it is built, as PDF, with its code and without
	$(RUN) book/ext/make_pdf.py

serve: ## show the built book on this machine; PORT=8000
	@test -f _build/html/index.html || { echo 'There is no book yet: run "make book" first.'; exit 1; }
	@echo "Open http://localhost:$(PORT)/ (Ctrl-C stops)"
	@$(RUN) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lab: $(BOOK_STAMP) ## open the notebooks in JupyterLab
	cd notebooks && ../$(RUN) -m jupyterlab

lock: ## rewrite the pins from pyproject.toml and tests/requirements.in; UPGRADE=--upgrade takes the newest
	rm -rf _build/lock
	$(PYTHON) -m venv _build/lock
	_build/lock/bin/python -m pip install --quiet uv
	grep -v '^-e' requirements.txt > _build/lock/book.txt  # pins that still fit stay
	cp tests/requirements.txt _build/lock/tests.txt
	$(COMPILE) pyproject.toml --extra book --extra sbml --output-file _build/lock/book.txt $(UPGRADE)
	grep -E '^(anywidget|jupyterlab-myst|jupyterlab-widgets)==' _build/lock/book.txt > _build/lock/extensions.txt
	sed '/^#/d' book/ext/lite/requirements.txt > _build/lock/lite.txt
	$(COMPILE) tests/requirements.in --constraint _build/lock/book.txt --output-file _build/lock/tests.txt $(UPGRADE)
	$(COMPILE) book/ext/lite/requirements.in --constraint _build/lock/extensions.txt --output-file _build/lock/lite.txt $(UPGRADE)
	{ echo '# Exact pins of what makes JupyterLite, made by "make lock" from requirements.in.'; \
		cat _build/lock/lite.txt; } > book/ext/lite/requirements.txt
	{ echo '# Exact pins of all that the book needs, made by "make lock" from pyproject.toml. Binder installs this file.'; \
		cat _build/lock/book.txt; echo '-e .[book,sbml]'; } > requirements.txt
	{ echo '# Exact pins of what the tests, and "make epub", "make pdf" and "make trial" need, made by "make lock" from tests/requirements.in.'; \
		grep -vxFf _build/lock/book.txt _build/lock/tests.txt; } > tests/requirements.txt
	rm -rf _build/lock

clean: ## remove all that was made: built book, virtual environment, caches
	rm -rf _build book/models $(VENV) .pytest_cache .ruff_cache .hypothesis src/*.egg-info

ifneq "$(shell cat $(BOOK_STAMP) 2>/dev/null)" "$(CURDIR)"
$(BOOK_STAMP): moved
endif

$(BOOK_STAMP): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo 'No Python 3.11, 3.12 or 3.13 was found: install one, or say "make book PYTHON=/path/to/python".'; exit 1; }
	@echo "Installing the book's requirements into $(VENV) (some minutes the first time)"
	# Where Python comes without ensurepip (Debian's python3 without python3-venv), its own pip does.
	$(PYTHON) -m venv --clear $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(RUN) install --quiet pip; }
	$(PIP) -r requirements.txt
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" ./postBuild
	@echo "$(CURDIR)" > $@

$(TEST_STAMP): tests/requirements.txt $(BOOK_STAMP)
	@echo "Installing what the tests need"
	$(PIP) -r requirements.txt -r tests/requirements.txt
	@echo "$(CURDIR)" > $@

# An environment of its own: JupyterLite carries an older JupyterLab than the book pins.
$(LITE_STAMP): book/ext/lite/requirements.txt $(BOOK_STAMP)
	$(RUN) -m venv --clear --without-pip $(VENV)/lite
	$(RUN) -m pip --python $(VENV)/lite/bin/python --disable-pip-version-check install --quiet -r $<
	@echo "$(CURDIR)" > $@
