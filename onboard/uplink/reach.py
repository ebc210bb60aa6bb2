"""Why the broker cannot be reached, in a sentence for whoever stands before the bike."""

import socket
import ssl
from typing import Final

from onboard.config import MqttSection

_PATIENCE_S: Final = 10.0
_UNKNOWN: Final = (
    "its certificate is signed by nobody the bike knows: put the city's authority into `ca` of [mqtt]"
)
_CERTIFICATE: Final = {
    7: _UNKNOWN,
    9: "its certificate is not valid yet: the bike's clock is wrong; connect it to a network and wait",
    10: "its certificate has expired: ask the city for a new one, and look at the bike's clock",
    18: _UNKNOWN,
    19: _UNKNOWN,
    20: _UNKNOWN,
    62: "its certificate is for another name: correct `host` of [mqtt]",
    64: "its certificate is for another address: correct `host` of [mqtt]",
}
"""Source: OpenSSL, x509_vfy.h, the codes X509_V_ERR_…"""


def tls_context(settings: MqttSection) -> ssl.SSLContext:
    """What the bike trusts, and the certificate by which it is known.

    Raises:
        OSError: a file cannot be read or used.
    """
    context = ssl.create_default_context(cafile=str(settings.ca) if settings.ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.certificate:
        context.load_cert_chain(settings.certificate, settings.key)
    return context


def why_not(settings: MqttSection) -> str | None:
    """Try to reach the broker without saying anything to it; None when that works."""
    where = f"{settings.host}:{settings.port}"
    try:
        with socket.create_connection((settings.host, settings.port), _PATIENCE_S) as line:
            if settings.tls:
                tls_context(settings).wrap_socket(line, server_hostname=settings.host).close()
    except socket.gaierror:
        return f"The name {settings.host} is not known: correct `host` of [mqtt], or look at the network."
    except ssl.SSLCertVerificationError as error:
        told = _CERTIFICATE.get(error.verify_code, f"its certificate is refused ({error.verify_message})")
        return f"The broker {where} is not believed: {told}."
    except ssl.SSLError as error:
        reason = error.reason or "no TLS"
        return (
            f"The broker {where} does not agree on TLS ({reason}): look at `port`, `certificate` and `key`."
        )
    except TimeoutError:
        return f"The broker {where} does not answer: look at the network, and ask whether it is open to you."
    except OSError as error:
        return f"The broker {where} cannot be reached: {error.strerror or error}."
    return None
