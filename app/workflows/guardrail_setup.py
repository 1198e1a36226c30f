"""Makes every check of an export once, before the server starts: what cannot be made would fail each message.

What checks load is loaded then, and not while all users wait for the first message. Asks no model.
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from app.errors import ConfigurationError
from app.workflows.blanking import Blanking
from app.workflows.reading.workflow import GuardrailConfig


def check_guardrails(module: ModuleType, configs: list[GuardrailConfig], blank: Blanking) -> None:
    """Raise `ConfigurationError` with a sentence for the first configuration that the package refuses."""
    load: Any = getattr(module, "load_config_bundle", None)
    make: Any = getattr(module, "instantiate_guardrails", None)
    if load is None or make is None:
        return
    _keep_domains_local()
    for config in configs:
        try:
            make(load(getattr(module, config.variable)))
        except Exception as error:
            why = blank(" ".join(str(error).split()))[:300]
            raise ConfigurationError(
                f"{Path(str(module.__file__)).name}, line {config.line}: "
                f"the checks in {config.variable} cannot be made: {why}"
            ) from None


def _keep_domains_local() -> None:
    """Have e-mail addresses recognized by the list of domains that is installed.

    Else the first address in a message would make the whole process wait for a newer list from the network.
    """
    tldextract: Any = sys.modules.get("tldextract.tldextract")
    extractor = getattr(tldextract, "TLD_EXTRACTOR", None)
    if extractor is not None:
        extractor.suffix_list_urls = ()
