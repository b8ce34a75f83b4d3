"""The wire: names, shapes, limits, frames and close codes. Imports no other folder."""
