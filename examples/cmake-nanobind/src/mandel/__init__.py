"""Points of the Mandelbrot set."""

from mandel._mandel import steps

__all__ = ["steps"]
