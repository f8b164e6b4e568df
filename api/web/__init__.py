"""The pages: a frame, one module a page, escaping templates for what is only read."""
