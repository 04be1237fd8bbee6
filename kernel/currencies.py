"""Is this a currency, and which one do people mean by its name?"""
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.typed import plain

# ISO 4217, list one, as of 2026-01-01, without metals, funds and test codes.
CODES = frozenset("""
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC
CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR
ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE
SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF
XPF YER ZAR ZMW ZWG
""".split())
NAMES = {
    "RMB": "CNY", "人民币": "CNY", "元": "CNY", "美元": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY",
    "港元": "HKD", "港币": "HKD", "韩元": "KRW", "新台币": "TWD", "新加坡元": "SGD",
}


def currency_code(text):
    """The code of ISO 4217 for what somebody typed; raises Refusal for what is no currency."""
    said = plain(text).upper()
    code = NAMES.get(said, said)
    if code not in CODES:
        raise Refusal(
            _("“%(text)s” is no currency. Give its three letters, such as CNY, EUR or USD."), code="currency",
            text=text.strip()[:20],
        )
    return code
