"""Articles: quantities differ."""

from exceptions.articles.text import Text

ARTICLES = {
    "UNIT_FACTOR": (
        Text(
            "Quantities differ by a factor: the unit",
            "Both mean the same amount in different units: boxes against pieces, kilograms against tonnes.",
            ("Divide one by the other: is it the content of a box?", "Compare the units as written on both sides."),
            (
                "Mend the unit or its factor in the item's master data, not in the order.",
                "Check stock and open orders of the same item.",
            ),
            "Planning for the item's master data; the warehouse counts one box.",
        ),
        Text(
            "数量相差固定倍数：计量单位",
            "两侧是同一数量，单位不同：箱与件、公斤与吨。",
            ("两数相除：是否等于每箱件数？", "比较两侧原始计量单位。"),
            ("在物料主数据中修正单位或系数，不要改订单。", "核对同一物料的库存与未结订单。"),
            "主数据由计划部维护；仓储部实数一箱核对。",
        ),
    ),
    "FACTOR_VERSION": (
        Text(
            "An old content of the box",
            "The packing changed; one system still converts with the number of pieces that was right before.",
            (
                "Read in the evidence until when the old factor was valid.",
                "Look at the label of a box delivered lately.",
            ),
            (
                "Put the factor now in force into that system, with its first day.",
                "Correct what was converted since then.",
                "Announce packing changes to all systems at once.",
            ),
            "Planning; the warehouse reports packing changes.",
        ),
        Text(
            "换算系数已过期",
            "包装规格已变更，某系统仍按旧的每箱件数换算。",
            ("在证据中查看旧系数的有效期。", "看最近到货箱子的标签。"),
            ("在该系统中维护现行系数及生效日期。", "更正生效日之后的换算结果。", "包装变更时同步通知所有系统。"),
            "由计划部处理；包装变更由仓储部上报。",
        ),
    ),
    "ROUNDING": (
        Text(
            "Rounded differently",
            "The values differ by less than one unit of the last place: one side rounds lines, the other the total.",
            ("Add up the lines unrounded and round once.", "See whether every order of this kind shows it."),
            (
                "Agree on one way: round the line or the total.",
                "Until then allow this much as a tolerance of the comparison.",
            ),
            "Finance for amounts, planning for quantities.",
        ),
        Text(
            "舍入方式不同",
            "差额小于末位一个单位：一侧按行舍入，另一侧按合计舍入。",
            ("不舍入地累加各行，最后舍入一次核对。", "看同类订单是否都如此。"),
            ("统一规则：按行或按合计舍入。", "统一之前，在对账中设置相应容差。"),
            "金额由财务部、数量由计划部确定。",
        ),
    ),
    "DECIMAL_SHIFT": (
        Text(
            "The decimal point stands elsewhere",
            "One value is ten, a hundred or a thousand times the other: a comma read as a point, or a slip.",
            ("See whether one record or all of that source are shifted.", "Compare with order value and weight."),
            (
                "One: correct it where it was typed, before goods or money follow.",
                "All: declare the number form of the source and read again.",
            ),
            "The clerk for one, information systems for all.",
        ),
        Text(
            "小数点错位",
            "一侧是另一侧的十倍、百倍或千倍：逗号被当作小数点，或录入失误。",
            ("看是一条还是该来源全部错位。", "用订单金额和重量验证。"),
            ("一条：在发货或付款前于录入处更正。", "全部：声明该来源的数字格式并重新读取。"),
            "单条由录入人、全部由信息部处理。",
        ),
    ),
    "SIGN": (
        Text(
            "Plus on one side, minus on the other",
            "A return, a credit or a cancellation is written with the opposite sign.",
            ("See which kind of document it is.", "Look how that system writes its other returns."),
            (
                "Agree on one sign for returns and credits and turn it in the mapping.",
                "Check totals that added instead of subtracting.",
            ),
            "Finance for credits, the warehouse for returns, information systems for the mapping.",
        ),
        Text(
            "正负号相反",
            "退货、红字或冲销在一侧用了相反的符号。",
            ("确认单据类型。", "看该系统其他退货单的写法。"),
            ("统一退货与红字的符号，并在映射中转换。", "核对被加错方向的合计数。"),
            "红字由财务部、退货由仓储部确认，映射由信息部维护。",
        ),
    ),
}
