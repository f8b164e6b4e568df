"""Structured logs on standard error: JSON lines, or plain lines on a terminal. No personal data is ever passed in."""

import logging
import sys

import structlog


def configure(level: str = "INFO") -> None:
    """Set up logging once, at a process edge."""
    # Local variables may hold mention text: they stay out of traces.
    shown: tuple[structlog.typing.Processor, ...] = (
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    )
    if sys.stderr.isatty():
        shown = (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            *shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
