"""Articles for kinds of ticket: an order is late, entered wrongly, complained of."""

from exceptions.articles.text import Text

ARTICLES = {
    "late_sales": (
        Text(
            "Order waits for sales",
            "The order is not confirmed or a question to the customer is open.",
            ("Read what is missing: price, date, drawing or signature.", "See when the customer was last asked."),
            (
                "Call, do not write again; note the answer and its date.",
                "Set the order on hold when the customer needs days, so that nobody else waits in vain.",
            ),
            "The order's sales person, then the head of sales.",
        ),
        Text(
            "订单等待销售确认",
            "订单尚未确认，或对客户的疑问没有答复。",
            ("看缺什么：价格、日期、图纸还是签字。", "看最后一次询问客户是什么时候。"),
            ("打电话，不要再发邮件；记录答复和日期。", "客户需要几天时，先挂起订单，避免其他部门空等。"),
            "由负责该订单的销售处理，其次是销售部负责人。",
        ),
    ),
    "late_finance": (
        Text(
            "Order waits for credit or invoice",
            "The credit limit is used up, or the invoice has not been written.",
            ("Look for payments that came in and are not posted.", "Add up open invoices and this order."),
            (
                "Post the payment, then release.",
                "A strategic customer may be released for one order by the head of finance, with a reason.",
                "For an invoice: check that the delivery is posted.",
            ),
            "Finance; sales asks the customer to pay.",
        ),
        Text(
            "订单等待信用审核或开票",
            "信用额度已用完，或尚未开票。",
            ("先查是否有已到账未入账的回款。", "合计未付发票与本订单金额。"),
            ("入账后放行。", "战略客户可由财务负责人说明理由，对单张订单放行。", "开票延误：确认发货已过账。"),
            "由财务部处理；销售部催款。",
        ),
    ),
    "late_planning": (
        Text(
            "Order has not been planned",
            "MRP has not run for it, or no work order was released.",
            ("Check that its material has a valid BOM revision.", "Check that the plant on the order is right."),
            (
                "Run MRP for this order alone and release the work order.",
                "No capacity: ask for another line or another date before the promise passes.",
            ),
            "Planning; production says what is possible.",
        ),
        Text(
            "订单未按时排产",
            "尚未运行 MRP，或没有下达工单。",
            ("检查物料的 BOM 版本是否有效。", "检查订单上的工厂是否正确。"),
            ("单独对该订单运行 MRP 并下达工单。", "产能不足：在承诺日期前申请换线或改期。"),
            "由计划部处理；生产部反馈可行性。",
        ),
    ),
    "late_purchasing": (
        Text(
            "Material is late: the first hour",
            "A part that the order needs has not arrived as planned.",
            (
                "Ask the supplier for a dated answer, in writing.",
                "Look at safety stock, and at later orders of the same material: can they lend?",
            ),
            (
                "Write the new date into the ERP, so that the forecast here follows.",
                "Offer the customer a part delivery before the promise passes.",
                "Two broken dates: ask for another source.",
            ),
            "Purchasing; planning moves the sequence.",
        ),
        Text(
            "采购物料未按时到货：第一小时怎么做",
            "订单所需物料没有按计划到货。",
            ("请供应商书面回复确切到货日期。", "查看安全库存，以及同一物料交期更晚的订单能否先借用。"),
            (
                "把新日期写入 ERP，本系统的预测会随之更新。",
                "在承诺日期前与客户协商分批交货。",
                "两次失约：启用备选供应商。",
            ),
            "由采购部处理；计划部调整顺序。",
        ),
    ),
    "late_production": (
        Text(
            "Production is behind plan",
            "A production step was not started or not finished in time.",
            (
                "Check in this order: machine down, tool missing, people missing, material short, another order first.",
                "Tell planning the hours lost, not the feeling.",
            ),
            (
                "Ask for the order's place to be changed before working overtime.",
                "Split the quantity: what the customer needs first goes first.",
            ),
            "Production; planning changes the sequence.",
        ),
        Text(
            "生产进度落后于计划",
            "某道工序没有按时开工或完工。",
            ("按顺序排查：设备停机、缺工装、缺人、缺料、被其他订单插队。", "向计划部报告损失的小时数，而不是感觉。"),
            ("先申请调整排产顺序，再考虑加班。", "拆分数量：客户最急的先做。"),
            "由生产部处理；计划部调整顺序。",
        ),
    ),
    "late_quality": (
        Text(
            "First article or inspection delayed",
            "The goods wait for a measurement or a release.",
            ("Out of tolerance: measure again on a second gauge.", "See how long the batch waits, and for whom."),
            (
                "Still out: have the set-up repeated and keep both reports.",
                "A batch that waits longer than two hours goes to the head of quality.",
                "Good parts of a mixed batch may be released by themselves.",
            ),
            "Quality; production repeats the set-up.",
        ),
        Text(
            "首件或检验延误",
            "货物在等待测量或放行。",
            ("首件超差：先用另一量具复测。", "看整批等待多久、在等谁。"),
            (
                "仍超差：重新调机，两份报告都保留。",
                "待检超过两小时，升级到质量部负责人。",
                "混合批次中的合格件可先行放行。",
            ),
            "由质量部处理；生产部重新调机。",
        ),
    ),
    "late_warehouse": (
        Text(
            "Goods are ready but have not left",
            "Picking, packing or loading is behind.",
            (
                "Is the delivery note printed, the credit hold lifted, the truck confirmed?",
                "If the WMS shows shipped and the hub does not, it is a missing message, not a late truck.",
            ),
            (
                "Pick the orders of the next truck first.",
                "Split: load what is ready if the customer accepts two deliveries.",
                "Tell logistics the new loading time at once.",
            ),
            "The warehouse; logistics moves the truck.",
        ),
        Text(
            "货已备好但未发出",
            "拣货、包装或装车落后。",
            (
                "发货单是否已打印、信用冻结是否解除、车辆是否确认？",
                "WMS 已发货而本系统没有，那是消息缺失，不是车辆晚点。",
            ),
            ("先拣下一班车的订单。", "客户接受分批的，先装已备好的。", "立即把新的装车时间告知物流部。"),
            "由仓储部处理；物流部调整车辆。",
        ),
    ),
    "late_logistics": (
        Text(
            "The truck will not arrive in time",
            "The delivery is on the road and behind, or was not signed for.",
            ("Ask the carrier for position and time of arrival.", "For a JIT line: which parts are needed first?"),
            (
                "Call the customer before the customer calls.",
                "Send the first parts by a van if the line would stop.",
                "Delivered but not signed: get the receipt from the driver.",
            ),
            "Logistics; customer service speaks with the customer.",
        ),
        Text(
            "车辆无法按时到达",
            "货物在途落后，或已到但未签收。",
            ("向承运商核实位置与预计到达时间。", "JIT 产线：最先需要哪些零件？"),
            ("主动联系客户，不要等客户来电。", "会停线的，用小车先送急需零件。", "已到未签收：向司机索取回单。"),
            "由物流部处理；客服与客户沟通。",
        ),
    ),
    "late_order": (
        Text(
            "The order is late and nobody's step is",
            "The promise will not hold, though no single department stands out.",
            ("Open the order's path: where did the hours go?", "See which step is next and who owns it."),
            (
                "Ask that department for a date today.",
                "Agree on a new promise with the customer and write it into the ERP.",
            ),
            "Order operations.",
        ),
        Text(
            "订单延期但没有明确环节",
            "承诺日期无法保证，但没有单一责任部门。",
            ("打开订单全链路，看时间花在哪里。", "看下一步是什么、归谁负责。"),
            ("请该部门当天给出日期。", "与客户商定新的承诺日期并写入 ERP。"),
            "由订单运营部处理。",
        ),
    ),
    "order_entry": (
        Text(
            "The order was entered with a fault",
            "A field of the order is missing or cannot be right.",
            ("Compare with the customer's own document.", "Look which check refused it and what it says."),
            (
                "Correct it in the system it was entered in, never in the hub.",
                "The same fault again: make the field a choice from a list.",
            ),
            "Sales.",
        ),
        Text(
            "订单录入有误",
            "订单缺少字段，或内容明显不对。",
            ("与客户原始单据核对。", "看是哪项校验拒绝、提示是什么。"),
            ("在录入的系统中更正，不要在本系统改。", "反复出错的字段改为下拉选择。"),
            "由销售部处理。",
        ),
    ),
    "complaint": (
        Text(
            "A customer complains",
            "Something is wrong for the customer; the first answer counts.",
            (
                "Read the order's path before you call: know more than the customer.",
                "Separate what happened from what is asked for.",
            ),
            (
                "Answer within the quarter hour, even if only with the time of the next answer.",
                "Open a ticket for the department that must act, and merge what is the same.",
                "Close only when the customer has said so.",
            ),
            "Customer service leads; the department concerned mends.",
        ),
        Text(
            "客户投诉",
            "客户遇到问题，第一次答复最关键。",
            ("致电前先看订单全链路，了解得比客户更清楚。", "分清发生了什么与客户要什么。"),
            ("一刻钟内答复，哪怕只告知下次答复的时间。", "为责任部门建工单，相同的合并。", "客户确认后才关闭。"),
            "由客服牵头，责任部门整改。",
        ),
    ),
    "conflict": (
        Text(
            "A decision and a fact contradict",
            "Somebody decided in the hub, and a system reports otherwise.",
            (
                "Read who decided, when and why.",
                "See whether the fact is older than the decision: then it is only late.",
            ),
            (
                "The decision holds: bring the system into line.",
                "The fact holds: take the decision back, with a reason.",
            ),
            "Order operations, with whoever decided.",
        ),
        Text(
            "人工决定与事实冲突",
            "有人在本系统作出决定，而某系统上报了不同情况。",
            ("看由谁、何时、为何作出决定。", "看事实是否早于决定：若是，只是消息迟到。"),
            ("以决定为准：让系统与之一致。", "以事实为准：说明理由并撤回决定。"),
            "由订单运营部会同决定人处理。",
        ),
    ),
    "other": (
        Text(
            "A ticket of no known kind",
            "Opened by hand or by a source that names no kind.",
            (
                "Read title and evidence: what has to happen, until when?",
                "See whether another ticket is about the same.",
            ),
            (
                "Merge it, or give it to the department that can act.",
                "Comes often: make a ticket kind of its own, with department and time.",
            ),
            "Order operations sorts it within the hour.",
        ),
        Text(
            "未分类的工单",
            "由人工建立，或来源未说明类型。",
            ("看标题与证据：要做什么、何时之前？", "看是否已有同一事项的工单。"),
            ("合并，或转给能处理的部门。", "经常出现的，单独设置工单类型、部门和时限。"),
            "由订单运营部在一小时内分派。",
        ),
    ),
}
