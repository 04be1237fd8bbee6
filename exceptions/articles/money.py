"""Articles: amounts differ."""

from exceptions.articles.text import Text

ARTICLES = {
    "CURRENCY_CODE": (
        Text(
            "Two currencies for one order",
            "The figures may even be equal, but one side says yuan and the other dollars.",
            ("Read the currency in the customer's order.", "Look whether all documents of this customer are so."),
            (
                "Correct the currency at its source before invoicing.",
                "For the whole customer: correct the customer's master data.",
            ),
            "Finance; sales confirms with the contract.",
        ),
        Text(
            "同一订单币种不同",
            "金额可能相同，但一侧是人民币，另一侧是美元。",
            ("查看客户订单上的币种。", "看该客户的单据是否都如此。"),
            ("开票前在源头更正币种。", "整个客户如此：更正客户主数据。"),
            "由财务部处理；销售部按合同确认。",
        ),
    ),
    "FX_APPLIED": (
        Text(
            "Already converted on one side",
            "One system keeps the amount in the document's currency, the other in yuan at some day's rate.",
            ("Divide the two: is it the rate of a certain day?", "See which day: order, delivery or invoice."),
            ("Compare in the currency of the document.", "Agree on the day of the rate for what must be converted."),
            "Finance.",
        ),
        Text(
            "一侧已折算外币",
            "一侧保留单据币种，另一侧已按某日汇率折成人民币。",
            ("两数相除：是否等于某一天的汇率？", "看是哪一天：下单、发货还是开票。"),
            ("以单据币种对账。", "必须折算的，统一采用哪一天的汇率。"),
            "由财务部处理。",
        ),
    ),
    "TAX_INCLUDED": (
        Text(
            "With tax here, without there",
            "The amounts differ by exactly the tax rate: one side includes it.",
            ("Divide the two: 1.13, 1.09 or 1.06 is a tax rate.", "See what the contract and the price list say."),
            (
                "Let both send the amount without tax, and the tax beside it.",
                "Tell sales when a quotation was read the wrong way.",
            ),
            "Finance; information systems for the field.",
        ),
        Text(
            "一侧含税，另一侧不含税",
            "金额正好相差税率，一侧含税。",
            ("两数相除：1.13、1.09 或 1.06 即为税率。", "查看合同与价格表的口径。"),
            ("两侧统一传送不含税金额，税额另列。", "报价被误读时告知销售部。"),
            "由财务部处理；字段由信息部调整。",
        ),
    ),
    "STALE_PRICE": (
        Text(
            "An old price list",
            "One system still calculates with a price that has been replaced.",
            (
                "Read both unit prices and since when the new one is valid.",
                "Decide by the order's date which one the customer was promised.",
            ),
            (
                "Refresh the price list in the system that lags.",
                "Correct open orders; for invoiced ones write a credit or a debit note.",
            ),
            "Sales confirms the price, finance corrects.",
        ),
        Text(
            "价格表过期",
            "一侧仍按已被替换的旧价格计算。",
            ("核对两侧单价及新价格的生效日期。", "按下单日期判断应适用哪个价格。"),
            ("更新滞后系统的价格表。", "未开票订单直接更正；已开票的开具红字或补差。"),
            "销售部确认价格，财务部更正。",
        ),
    ),
    "DISCOUNT_OR_FREIGHT_LINE": (
        Text(
            "A discount or freight line is missing",
            "The goods are equal; one side has a further line for freight, packing or a discount.",
            (
                "Look for a line without an item that has exactly this amount.",
                "Read in the order who bears the freight.",
            ),
            (
                "Let the line be sent too, or leave it out on both sides.",
                "If it was forgotten: add it before the invoice goes out.",
            ),
            "Finance; sales for what was agreed.",
        ),
        Text(
            "缺少折扣行或运费行",
            "货款相同，一侧多出运费、包装或折扣行。",
            ("查找金额正好相等、没有物料号的行。", "看订单约定运费由谁承担。"),
            ("把该行一并传送，或两侧都不计。", "确属遗漏：开票前补上。"),
            "由财务部处理；约定内容由销售部确认。",
        ),
    ),
}
