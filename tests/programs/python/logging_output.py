import logging
import warnings

logging.basicConfig(level=logging.INFO, format="%(levelname)s:%(name)s:%(message)s")
log = logging.getLogger("app")
log.info("started %s", 1)
log.debug("hidden")
log.warning("careful")
try:
    1 / 0
except ZeroDivisionError:
    log.error("failed", exc_info=False)
print("done")
