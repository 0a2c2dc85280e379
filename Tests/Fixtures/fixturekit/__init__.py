"""The parts of make_fixtures.py: tiny tokenizers and models, GGUF files, references."""
