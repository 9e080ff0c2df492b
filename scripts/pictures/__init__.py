"""Takes docs/pictures from the real pages of a demo at work, one module a page."""
