"""Articles: two systems tell different states of one thing, or somebody changed it."""

from exceptions.articles.text import Text

ARTICLES = {
    "STATUS_UNMAPPED": (
        Text(
            "A status code nobody has translated",
            "A system uses a code that the mapping does not know, so its state cannot be compared.",
            ("Read the code as written in the evidence.", "Ask the people of that system what they mean by it."),
            (
                "Add the code to the mapping as a new version and read the raw records again.",
                "Do not edit the orders: they are right as soon as the code is understood.",
            ),
            "Information systems; the department says what the code means.",
        ),
        Text(
            "状态码没有映射",
            "某系统使用了映射表中没有的代码，状态无法比较。",
            ("在证据中查看原始代码。", "向该系统的使用部门了解其含义。"),
            ("在映射中补充并发布新版本，重新读取原始数据。", "不要修改订单：代码读懂后状态自然正确。"),
            "由信息部维护；含义由业务部门说明。",
        ),
    ),
    "STATUS_MISMAPPED": (
        Text(
            "A status code translated wrongly",
            "Many records with the same code stand one state off: the mapping says something else than people mean.",
            (
                "Take three orders with this code and see where they really are.",
                "Compare with what the mapping makes of it.",
            ),
            (
                "Correct the mapping as a new version, read the records again.",
                "Check notices that went out by the wrong state.",
            ),
            "Information systems; order operations checks the notices.",
        ),
        Text(
            "状态码映射错误",
            "同一代码的许多记录都差一个状态：映射与实际含义不符。",
            ("抽查三张使用该代码的订单，看实际进展。", "与映射结果比较。"),
            ("更正映射并发布新版本，重新读取。", "核查按错误状态发出的通知。"),
            "由信息部处理；通知由订单运营部核查。",
        ),
    ),
    "OUT_OF_ORDER": (
        Text(
            "An older message overtook a newer one",
            "The receiver took a late old message for the latest news and went back in time.",
            (
                "Compare version or sequence on both sides: the receiver's is lower than one it already had.",
                "See whether several messages went different ways, by file and by interface.",
            ),
            ("Send the newest version again.", "Let the receiver refuse versions older than its own."),
            "Information systems.",
        ),
        Text(
            "旧消息覆盖了新消息",
            "接收方把迟到的旧消息当作最新，状态倒退。",
            ("比较两侧版本或序号：接收方低于它曾收到的最高值。", "看消息是否走了不同渠道，如文件和接口并行。"),
            ("补发最新版本。", "让接收端拒绝比现有更旧的版本。"),
            "由信息部处理。",
        ),
    ),
    "STALE_STATE": (
        Text(
            "One side stopped at an old state",
            "The order went on, but one system still shows where it was before.",
            (
                "See when that system last heard of the order.",
                "Look for a refused or waiting message of the last step.",
            ),
            (
                "Send the newest version again.",
                "If the step is booked by hand there, book it.",
                "Do not act on the old state meanwhile.",
            ),
            "Information systems; the department that books the step by hand.",
        ),
        Text(
            "一侧停留在旧状态",
            "订单已推进，但某系统仍显示之前的状态。",
            ("看该系统最后一次收到该订单消息的时间。", "查找最后一步是否有被拒或排队的消息。"),
            ("补发最新版本。", "该步骤由人工登记的，立即补登。", "在此之前不要依据旧状态行动。"),
            "由信息部处理；人工登记由对应部门补做。",
        ),
    ),
    "CANCELLED_IN_ONE": (
        Text(
            "Cancelled here, alive there",
            "One system has cancelled the order, another still plans, makes or ships it.",
            (
                "Find out which decision came last, and who made it.",
                "See how far it has gone: material, production, truck.",
            ),
            (
                "Stop the goods first, then the paper.",
                "Cancel it everywhere, or take the cancellation back everywhere.",
                "Tell the customer which of the two holds.",
            ),
            "Sales decides; production, warehouse and logistics stop their part.",
        ),
        Text(
            "一侧已取消，另一侧仍在执行",
            "某系统已取消订单，另一系统还在排产、生产或发货。",
            ("查明最后的决定是哪一个、由谁作出。", "看进展到哪一步：备料、生产还是装车。"),
            ("先拦住货物，再处理单据。", "所有系统一并取消，或一并恢复。", "告知客户最终以哪个为准。"),
            "由销售部决定；生产、仓储、物流各自停止执行。",
        ),
    ),
    "REOPENED": (
        Text(
            "Opened again on one side only",
            "A closed order was opened once more in one system; the others think that it is over.",
            ("Ask who opened it and for what: a rest, a return, a correction.", "See whether it was invoiced already."),
            (
                "Needed: open it in the others too.",
                "Not needed: close it again with a note.",
                "For a return make a return order instead.",
            ),
            "Order operations; finance when it was invoiced.",
        ),
        Text(
            "仅一侧重新打开",
            "已关闭的订单在某系统被重新打开，其他系统认为已结束。",
            ("询问由谁、因何打开：余量、退货还是更正。", "看是否已开票。"),
            ("确有需要：其他系统也打开。", "不需要：注明后再次关闭。", "退货请另建退货单。"),
            "由订单运营部处理；已开票的会同财务部。",
        ),
    ),
    "MANUAL_EDIT": (
        Text(
            "Changed by hand on one side",
            "A person changed the value after the interface had written it; the other side still has the old one.",
            ("Ask the person named in the evidence why.", "See whether goods or invoices follow the changed value."),
            (
                "The change was right: make it in the leading system, it will come back by itself.",
                "It was wrong: set it back with a note.",
                "If it happens often, take the right to edit this field away there.",
            ),
            "The person's department; information systems for the right.",
        ),
        Text(
            "一侧被人工修改",
            "接口写入后有人修改了该值，另一侧仍是旧值。",
            ("向证据中的人员了解原因。", "看货物或发票是否已按修改后的值执行。"),
            ("修改正确：在主系统中修改，会自动同步。", "修改错误：注明后改回。", "经常发生时，取消该处的编辑权限。"),
            "由当事部门处理；权限由信息部调整。",
        ),
    ),
    "RULE_CHANGE": (
        Text(
            "Read by an older mapping",
            "The mapping was changed; records read before still stand as the old one understood them.",
            (
                "Compare the mapping version in the evidence with the one in force.",
                "See whether all differences are older than the change.",
            ),
            ("Read the raw records again with the mapping in force.", "Run the comparison once more."),
            "Information systems.",
        ),
        Text(
            "按旧映射读取的记录",
            "映射规则已变更，之前读取的记录仍按旧规则保存。",
            ("比较证据中的映射版本与现行版本。", "看差异是否都早于变更时间。"),
            ("用现行映射重新读取原始数据。", "再对账一次。"),
            "由信息部处理。",
        ),
    ),
}
