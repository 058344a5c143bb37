"""An invoice or credit note as a typed record: who asks whom for what, by when and where to.

The descriptions are written to be read by a model as well as by people.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from extract.checks import Check, Checked, in_order, not_before, not_left_out
from extract.result import Issue
from extract.schemas.conventions import (
    Bic,
    Country,
    Currency,
    Day,
    EmailAddress,
    Iban,
    Identifier,
    LanguageTag,
    Part,
    Percentage,
    Quantity,
    SignedAmount,
    VerbatimText,
)

ROUNDING = Decimal("0.05")
"""What totals may differ by: taxes are rounded line by line or in one sum, and cash totals to coins of five."""


def net_and_tax_are_gross(checked: Checked[Invoice]) -> Iterator[Issue]:
    """EN 16931, BR-CO-15: the total with tax is the total without and the tax."""
    net, tax, gross = checked.record.net_total, checked.record.tax_total, checked.record.gross_total
    if net is not None and tax is not None and gross is not None and abs(net + tax - gross) > ROUNDING:
        message = f"{gross} is not net_total + tax_total = {net + tax}: one of the three was misread"
        yield checked.issue("gross_total", message, code="total", related=["net_total", "tax_total"])


class InvoiceKind(StrEnum):
    """What the document is, by what it says of itself."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"
    PRO_FORMA = "PRO_FORMA"
    RECEIPT = "RECEIPT"


class Party(Part):
    """Who sells, or who buys."""

    name: str | None = Field(
        default=None,
        description="Name of the company or person as printed, legal form included if printed. Not the contact person of a "
        "company, not its bank.",
    )
    tax_id: Identifier | None = Field(
        default=None,
        description="VAT identification number as printed, without its label ('DE123456789'); a national tax number only "
        "where no other is printed. Not a registration number of the company.",
    )
    address: VerbatimText | None = Field(
        default=None,
        description="Postal address from the street to the country, as far as printed, in one piece and without the name.",
    )
    country: Country | None = Field(
        default=None,
        description="Country as ISO 3166-1 alpha-2 in capitals ('DE', 'GB'). Null unless the country itself is stated: "
        "neither a city nor a VAT number states one.",
    )
    email: EmailAddress | None = Field(default=None, description="E-mail address of that party, not of the other one.")


class Period(Part):
    """The days over which a service was rendered."""

    start: Day | None = Field(default=None, description="First day of the period of service, YYYY-MM-DD.")
    end: Day | None = Field(default=None, description="Last day of the period of service, YYYY-MM-DD; not before its start.")


class Line(Part):
    """One line of what is charged or credited; numbers as printed, with the minus sign where one is printed."""

    description: VerbatimText | None = Field(
        default=None, description="What is charged, as printed, without position, quantity, unit and amounts."
    )
    quantity: Quantity | None = Field(
        default=None, description="How many units, as a plain number: '12,5 Std.' is 12.5. Null if not printed, also for one."
    )
    unit: str | None = Field(default=None, description="The unit that is counted, as printed ('Stk', 'hours', 'pièce').")
    unit_price: SignedAmount | None = Field(
        default=None, description="Price of one unit as a plain number: '1.249,50' is 1249.5."
    )
    tax_rate: Percentage | None = Field(
        default=None,
        description="Rate of tax for this line in per cent: '19 %' is 19, '0%' is 0. Null if the line states none.",
    )
    total: SignedAmount | None = Field(
        default=None, description="What the line comes to, as printed; not worked out from quantity and price."
    )


class Payment(Part):
    """Where the money is to be sent."""

    iban: Iban | None = Field(
        default=None,
        description="IBAN of the seller's account as printed, with the blanks between its groups if it is printed in groups.",
    )
    bic: Bic | None = Field(default=None, description="BIC (SWIFT code) of the seller's bank: 8 or 11 characters.")
    reference: Identifier | None = Field(
        default=None,
        description="What the payer is asked to quote with the transfer. Null if nothing is asked for: the number of the "
        "invoice is no reference by itself.",
    )


class Invoice(Part):
    """An invoice or credit note. Everything is optional: what the document does not state is null, or an empty list.

    Numbers are those that are printed, never worked out; those of a credit note are negative where a minus is printed.
    """

    repeating: ClassVar[frozenset[str]] = frozenset({"lines"})  # the same thing may have been delivered twice
    checks: ClassVar[tuple[Check, ...]] = (
        in_order("period.start", "period.end", path="period"),
        not_before("due", "issued"),
        net_and_tax_are_gross,
        not_left_out,
    )

    number: Identifier | None = Field(
        default=None,
        description="Number of this document as printed, without its label. On a credit note its own number, not that of the "
        "invoice that it corrects. Not an order, customer, quotation or delivery number.",
    )
    kind: InvoiceKind | None = Field(
        default=None,
        description="What the document calls itself: Rechnung and facture are INVOICE; Gutschrift, avoir and abono "
        "CREDIT_NOTE; PRO_FORMA and RECEIPT (Quittung, reçu) only if it says so.",
    )
    preceding_invoice: Identifier | None = Field(
        default=None, description="Number of the earlier invoice that this document corrects, cancels or settles."
    )
    issued: Day | None = Field(
        default=None, description="Date of this document, YYYY-MM-DD. Not that of an order, a delivery or an earlier invoice."
    )
    due: Day | None = Field(
        default=None,
        description="Last day for payment of the full amount, YYYY-MM-DD; not that of a discount for early payment. Null if "
        "only a number of days is stated: never worked out.",
    )
    delivered: Day | None = Field(
        default=None, description="Day of delivery or service, YYYY-MM-DD. Null where a period is stated in its place."
    )
    period: Period | None = Field(default=None, description="Period over which the service was rendered.")
    currency: Currency | None = Field(default=None, description="ISO 4217 code of the amounts: '€' is EUR, '£' is GBP.")
    seller: Party | None = Field(default=None, description="Who issues the invoice and is to be paid.")
    buyer: Party | None = Field(default=None, description="Who is billed.")
    order_number: Identifier | None = Field(
        default=None,
        description="Number of the buyer's order as printed. Not a customer number, a quotation or a delivery note.",
    )
    lines: list[Line] = Field(
        default_factory=list,
        description="What is charged or credited, one entry a line, in order, also where two lines say the same. Not subtotals, "
        "taxes, totals and payments.",
    )
    net_total: SignedAmount | None = Field(default=None, description="Sum before tax, as printed.")
    tax_total: SignedAmount | None = Field(
        default=None,
        description="Tax in all, as printed. The one amount of tax where there is one rate; null where several rates stand "
        "without a sum.",
    )
    gross_total: SignedAmount | None = Field(
        default=None, description="Sum with tax, as printed, before payments that were made and discounts for early payment."
    )
    amount_due: SignedAmount | None = Field(
        default=None,
        description="What is left to be paid, where the document states it, after deposits. Null if nothing is to be paid.",
    )
    payment: Payment | None = Field(default=None, description="The account of the seller, and what to quote.")
    notes: list[VerbatimText] = Field(
        default_factory=list,
        description="Terms of payment, discounts, interest, retention of title and the like: whole sentences, one entry each, "
        "in order. Not greetings, how to transfer the money, or what other fields hold whole.",
    )
    language: LanguageTag | None = Field(
        default=None, description="BCP 47 tag of the language that the document is written in ('de', 'en', 'fr')."
    )
