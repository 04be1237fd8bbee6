"""What does the knowledge base know on the first day? (code, causes or ticket kinds, titles, bodies)"""

ARTICLES = [
    (
        "material-late", ["late_purchasing"], "Material is late: what to do in the first hour",
        "采购物料未按时到货：第一小时怎么做",
        "1. Ask the supplier for a dated answer, in writing.\n2. Look at safety stock and at orders of the same "
        "material that are due later: can they lend?\n3. Offer the customer a part delivery before the promise "
        "passes.\n4. Write the new date into the ERP, so that the forecast here follows.",
        "1. 请供应商书面回复确切到货日期。\n2. 查看安全库存，以及同一物料交期更晚的订单：能否先借用？\n"
        "3. 在承诺日期之前与客户协商分批交货。\n4. 把新日期写入 ERP，本系统的预测会随之更新。",
    ),
    (
        "production-late", ["late_production"], "Production is behind plan", "生产进度落后于计划",
        "Check in this order: machine down, tool missing, people missing, material short, another order first. "
        "Tell planning the hours lost, not the feeling. If the order is urgent, ask for its place to be changed "
        "before working overtime.",
        "按顺序排查：设备停机、缺工装、缺人、缺料、被其他订单插队。向计划部报告损失的小时数，而不是感觉。"
        "加急订单先申请调整排产顺序，再考虑加班。",
    ),
    (
        "first-article", ["late_quality"], "First article or inspection delayed", "首件或检验延误",
        "An out-of-tolerance first article: measure again on a second gauge, then have the set-up repeated. Keep "
        "both reports. A batch that waits for inspection longer than two hours goes to the head of quality.",
        "首件超差：先用另一量具复测，再安排重新调机，两份报告都要保留。整批待检超过两小时，升级到质量部负责人。",
    ),
    (
        "shipping-late", ["late_warehouse"], "Goods are ready but have not left", "货已备好但未发出",
        "1. Is the delivery note printed? 2. Is the credit hold lifted? 3. Has the carrier confirmed the truck? "
        "If the WMS shows shipped and the hub does not, it is a missing message, not a late truck.",
        "1. 发货单是否已打印？2. 信用冻结是否已解除？3. 承运商是否已确认车辆？"
        "如果 WMS 已显示发货而本系统没有，那是消息缺失，不是车辆晚点。",
    ),
    (
        "delivery-late", ["late_logistics"], "The truck will not arrive in time", "车辆无法按时到达",
        "Call the carrier for position and arrival time, then the customer before the customer calls. For a JIT "
        "line, ask which parts are needed first and whether a van can bring them.",
        "先向承运商核实位置与预计到达时间，再主动联系客户，不要等客户来电。"
        "JIT 产线请确认最先需要哪些零件，能否用小车先送一批。",
    ),
    (
        "credit-hold", ["late_finance"], "Order waits for credit", "订单等待信用审核",
        "Look for unposted payments first. A strategic customer may be released by the head of finance for one "
        "order with a reason; write it into the release.",
        "先查是否有未入账的回款。战略客户可由财务负责人对单张订单说明理由后放行，并把理由写入放行记录。",
    ),
    (
        "planning-late", ["late_planning"], "Order has not been planned", "订单未按时排产",
        "Run MRP for this order alone. If it still has no work order, check that its material has a valid BOM "
        "revision and that the plant on the order is right.",
        "单独对该订单运行 MRP。如果仍没有工单，检查物料的 BOM 版本是否有效、订单上的工厂是否正确。",
    ),
    (
        "missing-message", ["MISSING_MESSAGE", "REJECTED_MESSAGE", "OUTAGE"], "A system never got the message",
        "某系统没有收到消息",
        "The record exists on one side only, and the message log has a gap or a refusal. Send it again from the "
        "source; never type it in by hand on the other side, or it will come twice later.",
        "记录只在一侧存在，且消息日志有缺口或被拒绝。请从源系统重新发送；不要在另一侧手工补录，否则以后会重复。",
    ),
    (
        "late-posting", ["LATE_POSTING", "LATE_MESSAGE"], "Goods received, posted too late", "已收货但过账过晚",
        "WMS inbound and ERP posting lie more than three minutes apart. Look whether it is one clerk, one shift or "
        "all: one clerk is training, one shift is staffing, all is the interface.",
        "WMS 入库与 ERP 过账相差超过三分钟。先看是个别人员、某个班次还是全部："
        "个别人员是培训问题，某个班次是人手问题，全部则是接口问题。",
    ),
    (
        "status-mapping", ["STATUS_UNMAPPED", "STATUS_MISMAPPED"], "A status word nobody translated",
        "状态码没有映射或映射错误",
        "Add the code to the mapping as a new version and let the raw rows be read again. Do not edit the orders: "
        "they are right as soon as the word is understood.",
        "在映射中增加该代码并发布新版本，让原始数据重新读取。不要修改订单：状态码读懂后订单自然正确。",
    ),
    (
        "duplicates", ["DUPLICATE_MESSAGE", "DUPLICATE_ENTRY", "REPLAYED_BATCH"], "The same thing twice",
        "同一业务出现两次",
        "Same message id: the interface repeated it; nothing to mend in the hub. Different ids, same content, "
        "entered by a person: cancel the younger one in the source.",
        "消息编号相同：接口重复发送，本系统无需处理。编号不同、内容相同且由人工录入：在源系统作废较晚的一条。",
    ),
    (
        "amounts", ["TAX_INCLUDED", "FX_APPLIED", "CURRENCY_CODE", "STALE_PRICE", "DISCOUNT_OR_FREIGHT_LINE",
                    "ROUNDING", "amount_difference"],
        "Amounts differ between systems", "系统之间金额不一致",
        "Read the cause first: tax included, another exchange-rate day, an old price list, a freight line. Only a "
        "difference without a cause is a case for the customer's account.",
        "先看原因：是否含税、汇率日期不同、价格表过期、运费行。只有没有原因的差异才需要核对客户账户。",
    ),
    (
        "units", ["UNIT_FACTOR", "FACTOR_VERSION", "DECIMAL_SHIFT", "SIGN"], "Quantities differ by a factor",
        "数量相差固定倍数",
        "Boxes against pieces, kilograms against tonnes. Compare the unit as written on both sides and mend the "
        "factor in the master data, not the order.",
        "箱与件、公斤与吨之差。比较两侧原始计量单位，修正主数据中的换算系数，而不是修改订单。",
    ),
    (
        "time-zones", ["TIMEZONE", "CLOCK_SKEW", "DATE_ONLY", "DAY_MONTH_SWAP", "WRONG_EVENT"],
        "Times differ by whole hours or minutes", "时间相差整小时或若干分钟",
        "Whole hours: a zone is declared wrongly on the connection. A few minutes on one device: its clock. Midnight "
        "on one side only: that system knows the date, not the time.",
        "相差整小时：连接上的时区设置错误。某台设备相差几分钟：该设备时钟不准。只有一侧是零点：该系统只记录日期。",
    ),
    (
        "item-codes", ["LEADING_ZERO", "SCIENTIFIC_NOTATION", "WIDTH_CASE_SPACE", "ENCODING", "TRUNCATED", "TYPO",
                       "KEY_FORMAT"],
        "Codes that look alike but are not equal", "看似相同却不相等的编码",
        "Leading zeros and 1.2E+11 come from a spreadsheet in between. Export as text and import again; ask who "
        "opened the file.",
        "前导零丢失或出现 1.2E+11，通常是中途用表格软件打开过。请以文本格式重新导出导入，并确认是谁打开过文件。",
    ),
    (
        "bom", ["STALE_BOM", "SUPERSEDED_ITEM", "XREF_MISSING", "XREF_WRONG"], "Old BOM revision or replaced part",
        "BOM 版本过期或物料已替代",
        "Stop issuing material for this work order, compare the revisions, and let engineering say which one the "
        "customer approved.",
        "先停止该工单发料，比较两个版本，由工程部确认客户认可的版本。",
    ),
    (
        "split-merge", ["SPLIT_ORDER", "MERGED_ORDER", "PARTIAL_OPEN", "PARTIAL_CLOSED", "OVER_SHIPMENT"],
        "One order on one side, several on the other", "一侧一单、另一侧多单",
        "Add up the parts before judging. Closed with a rest: ask the customer whether the rest is still wanted. "
        "More shipped than ordered: agree before invoicing.",
        "先把各部分合计再判断。尾数已关闭：与客户确认是否还需要。发货多于订货：开票前先与客户确认。",
    ),
    (
        "manual-edit", ["MANUAL_EDIT", "OUTSIDE_WORKFLOW", "RULE_CHANGE"], "Somebody changed it by hand", "人工修改",
        "Ask the person named in the evidence why. If the change was right, make it in the leading system too; if "
        "not, set it back with a note.",
        "向证据中列出的人员了解原因。修改正确：在主系统同步修改；不正确：改回并注明原因。",
    ),
    (
        "ghost", ["GHOST", "CANCELLED_IN_ONE", "REOPENED", "STALE_STATE", "OUT_OF_ORDER"],
        "Cancelled here, alive there", "一侧已取消、另一侧仍在执行",
        "Find out which decision came last and who made it. Stop the goods first, then the paper.",
        "查明最后的决定是哪一个、由谁作出。先拦住货物，再处理单据。",
    ),
    (
        "parked-rows", ["parked_rows"], "Rows that could not be read", "无法读取的数据行",
        "Open the parked rows: the reason names the column. Mend the mapping for a new word, the source for a wrong "
        "value; then replay. Good rows were not held up.",
        "打开搁置的数据行，原因会指出是哪一列。新的词语：修改映射；错误的值：在源系统更正；然后重放。其他数据未受影响。",
    ),
    (
        "job-given-up", ["job_dead", "dead_letter", "silent_system"], "A job or a door has given up",
        "后台作业或接口已放弃",
        "Read the last error. A peer that was down: start again once it answers. The same error three times: it is "
        "the data or the program; do not start again before one of them has changed.",
        "查看最后一次错误。对方系统停机：恢复后重新启动即可。连续三次同样的错误：是数据或程序问题，未修改之前不要重启。",
    ),
]
