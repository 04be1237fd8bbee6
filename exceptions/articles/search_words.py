"""Which other words do people use for what an article answers, in both languages?"""

SEARCH_WORDS = {
    "IN_TRANSIT": "not visible yet, pending, just sent, still syncing; 还没同步, 正在传输, 稍等, 尚未显示, 刚提交",
    "MISSING_MESSAGE": (
        "lost message, not received, exists here but not there, absent; "
        "丢失, 丢单, 漏传, 没收到, 查不到, 有单没数据"
    ),
    "OUTAGE": "down, no data, offline, interrupted, maintenance; 断线, 宕机, 没有数据进来, 停机, 中断",
    "REJECTED_MESSAGE": (
        "error reply, invalid value, returned, validation failed; "
        "报错, 退回, 校验不通过, 报文错误, 格式不对"
    ),
    "GHOST": "orphan, unknown record, appeared from nowhere; 多出来的单, 凭空, 幽灵单, 来历不明, 没有来源",
    "OUTSIDE_WORKFLOW": (
        "bypassed approval, direct entry, no preceding order; "
        "绕过审批, 直接建单, 没走流程, 无订单发货"
    ),
    "OUT_OF_SCOPE": "excluded, filter, not compared, ignored; 过滤, 排除, 不在范围, 没参与",
    "KEY_FORMAT": "order number format, prefix, hyphen, dash; 单号格式, 前缀, 横杠, 编号规则不同",
    "UNKNOWN": "unexplained, no reason, unclear; 不明原因, 找不到原因, 没法解释, 怎么办",
    "DUPLICATE_MESSAGE": "received twice, sent again, retry, double; 重发, 重复消息, 收了两次, 重复推送",
    "DUPLICATE_ENTRY": "keyed in twice, double order, typed again; 重复下单, 重复录单, 录了两遍, 双份",
    "REPLAYED_BATCH": "resend, reprocess, restart, imported again; 重跑, 重新推送, 重启后重复, 又来一遍, 重复导入",
    "SPLIT_ORDER": "several deliveries, partial shipments, divided; 拆单, 分单, 多张发货单, 一拆多",
    "MERGED_ORDER": "combined, consolidated shipment, joined; 合单, 拼单, 拼车, 并单, 合成一张",
    "PARTIAL_OPEN": "backorder, short delivery, remaining quantity, part shipment; 欠货, 欠交, 少发, 剩余未发, 还差",
    "PARTIAL_CLOSED": "closed short, short close, finished early; 短交关闭, 少发就关单, 提前结案, 没发够",
    "OVER_SHIPMENT": "too many, excess, surplus delivered; 超发, 多发, 发多, 溢装, 超量",
    "PARTS_DIFFER": "sum of sub-orders, child orders do not match; 子单, 子订单, 加总不对, 合计不等",
    "TIMEZONE": "utc, gmt, hours off, local time, eight hours, daylight saving; 时区, 差8小时, 八小时, 本地时间",
    "CLOCK_SKEW": "clock fast, clock slow, scanner time, drift; 时间不准, 快几分钟, 慢几分钟, 设备时间, 机器时间",
    "LATE_POSTING": "booked late, goods issue afterwards, backdated; 补过账, 过账慢, 迟过账, 事后入账, 过账延迟",
    "LATE_MESSAGE": "delay, slow interface, lag; 延迟, 晚到, 接口慢, 滞后, 排队",
    "DATE_ONLY": "midnight, 00:00, no time of day; 没有时间, 零点, 只有年月日, 没有几点",
    "DAY_MONTH_SWAP": "american date, date format, dd/mm mm/dd; 日期格式, 月日反了, 美式日期, 日期写反",
    "WRONG_EVENT": "wrong timestamp, wrong field, other step; 取错时间, 字段取错, 节点错",
    "STATUS_UNMAPPED": "unknown status, new status code; 未知状态, 新状态, 状态不认识, 没见过的代码",
    "STATUS_MISMAPPED": "incorrect status, mapping wrong; 状态不对, 状态错, 翻译错, 映射不对",
    "OUT_OF_ORDER": "sequence, overwritten, went backwards; 乱序, 顺序错, 被旧的覆盖, 状态倒退, 回退",
    "STALE_STATE": "stuck, not updated, frozen, outdated status; 不更新, 卡住, 状态滞后, 停在上一步, 没刷新",
    "CANCELLED_IN_ONE": "cancellation, still being made, void; 撤单, 作废, 取消了还在做, 已取消仍发货",
    "REOPENED": "reactivated, active again, undo close; 反关闭, 重开, 又打开, 重新激活",
    "MANUAL_EDIT": (
        "overwritten by a person, changed manually, edited in the back end; "
        "手工改, 手动修改, 后台改, 人为改动"
    ),
    "RULE_CHANGE": "mapping version, reprocess, old rule; 规则变了, 映射改过, 老记录, 旧规则",
    "UNIT_FACTOR": "boxes, pieces, conversion, pallet, carton, unit of measure; 单位换算, 箱, 件, 托, 个, 倍数",
    "FACTOR_VERSION": "pack size, packaging changed, carton content; 包装数, 装箱数, 换包装, 每箱数量变了",
    "ROUNDING": "cent, penny, small difference, decimals; 四舍五入, 一分钱, 尾差, 几分钱, 小数位",
    "DECIMAL_SHIFT": "times too big, factor 10 100 1000, comma; 小数点, 放大, 缩小, 一百倍, 多个零",
    "SIGN": "negative, reversed, credit note, return; 负数, 正数, 红字, 退货, 冲销, 符号",
    "CURRENCY_CODE": "usd, cny, rmb, eur, dollar, yuan, wrong currency; 人民币, 美元, 欧元, 币别, 货币",
    "FX_APPLIED": "exchange rate, converted, foreign currency; 汇率, 换算, 外币, 本位币, 折算",
    "TAX_INCLUDED": "vat, gross, net, tax rate, 13 %; 增值税, 税率, 含税价, 不含税价, 13%",
    "STALE_PRICE": "outdated price, wrong price, price change; 老价格, 价格没更新, 单价错, 旧单价, 调价",
    "DISCOUNT_OR_FREIGHT_LINE": "shipping cost, surcharge, rebate, extra line; 运费, 折扣, 附加费, 少一行, 返利",
    "XREF_WRONG": "mapped to another item, wrong product, wrong customer; 对应错, 料号映射, 发错产品, 匹配到别的",
    "XREF_MISSING": "no mapping, new item, new customer, unknown code; 没有对应, 没维护, 找不到对应, 新料号, 新客户",
    "LEADING_ZERO": "zeros dropped, missing zeros, number format; 少零, 前面的零, 补零, 丢0, 开头的0",
    "TRUNCATED": "cut off, too short, field length, incomplete name; 截断, 不完整, 字段太短, 长度不够, 后半截",
    "SCIENTIFIC_NOTATION": "exponent, excel, long number; 科学计数法, 长数字, E+",
    "WIDTH_CASE_SPACE": (
        "whitespace, blank, trailing space, upper case, lower case, invisible; "
        "空格, 全角, 半角, 大写, 小写, 看不见"
    ),
    "ENCODING": "mojibake, question marks, unreadable characters, utf-8, gbk; 乱码, 问号, 字符集, 显示不正常",
    "TYPO": "typing error, mistyped, misspelled, transposed; 输错, 打错, 敲错, 手误, 写错",
    "STALE_BOM": (
        "bill of materials, wrong version, engineering change, old drawing; "
        "物料清单, 旧版本, 工程变更, 老图纸, ECN"
    ),
    "SUPERSEDED_ITEM": "discontinued, obsolete, successor, replacement; 停用, 停产, 淘汰, 替代料, 换料, 老料号",
    "UNREADABLE": "parse error, invalid date, invalid number, format; 解析失败, 读不出, 格式错误, 无法解析",
    "NO_KEY": "no order number, empty number, blank key; 没有单号, 单号空, 缺单号, 没有订单号, 空行",
    "UNIT_UNKNOWN": "unknown unit, unit of measure not defined; 未知单位, 单位不认识, 没有换算",
    "late_sales": (
        "unconfirmed, customer approval, waiting for reply, drawing sign-off; "
        "未确认, 等客户回复, 等图纸, 等签字"
    ),
    "late_finance": (
        "credit block, credit limit, overdue payment, invoice late; "
        "信用额度, 超额度, 冻结, 欠款, 没开票, 放行"
    ),
    "late_planning": "not scheduled, unplanned, mrp, capacity; 没排产, 没排计划, 没工单, 产能不够, 排程",
    "late_purchasing": (
        "shortage, supplier late, raw material, vendor delivery, out of stock; "
        "缺料, 欠料, 供应商延期, 来料晚, 断料, 催料"
    ),
    "late_production": (
        "breakdown, machine stopped, downtime, overtime, behind schedule; "
        "停机, 停线, 设备故障, 坏了, 赶工, 加班"
    ),
    "late_quality": "QC, inspection, release pending, hold; 质检, 检验, 待检, 没放行, 化验",
    "late_warehouse": "picking, packing, loading, waiting for dispatch; 拣货, 打包, 装车, 没发货, 待发",
    "late_logistics": (
        "carrier, traffic, delivery delayed, transport, lorry; "
        "堵车, 路上, 货车, 运输延误, 没送到, 签收, 快递"
    ),
    "late_order": "delayed, promise date, overdue, behind; 延期, 交期, 赶不上, 逾期, 交不出",
    "order_entry": "missing field, wrong address, incomplete order; 漏填, 填错, 地址错, 信息不全, 录错",
    "complaint": "unhappy, angry, claim, wrong goods, damaged; 投诉, 索赔, 发错货, 破损, 不满, 抱怨",
    "conflict": "hold, contradicts, shipped although on hold; 挂起, 冲突, 矛盾, 冻结了还发货",
    "other": "general, anything else; 其他, 不知道归哪类",
    "difference": "mismatch, do not match, inconsistent; 不一致, 对不上, 不匹配, 不符",
    "difference_group": "bulk, all the same, systematic, many orders; 批量, 都一样, 同样问题, 大面积, 很多单",
    "stock_difference": "inventory, on hand, stock count, cycle count; 库存, 盘点, 账实不符, 账面数, 存货",
    "amount_difference": "invoice total, price, value, money; 金额, 发票, 总价, 货款, 钱",
    "parked_rows": "import error, rejected rows, not imported, set aside; 导入失败, 搁置, 待处理行, 没导进去",
    "job_dead": "background task, failed, stopped running, retry; 后台任务, 任务失败, 定时任务, 不跑了, 报错停了",
    "dead_letter": (
        "notification, email, mail, wecom, webhook, not delivered; "
        "邮件, 企业微信, 通知, 发不出去, 没收到通知"
    ),
    "silent_system": "no data, quiet, not reporting, offline; 没数据, 没动静, 断了, 不上报, 没更新",
}
