"""Which words of the trade mean the same? A question with one of them also finds articles that say another.

One group a line, English and Chinese together, so that an article written in one language is found in the other.
"""
from exceptions.terms import terms_of

GROUPS = """
order, sales order, 订单, 单子
customer, client, buyer, 客户, 买家
supplier, vendor, 供应商, 厂商
item, part number, material, sku, 物料, 料号, 货号
quantity, amount of pieces, 数量, 件数
price, unit price, 单价, 价格
amount, total, value, 金额, 总额, 货款
invoice, billing, 发票, 开票
payment, paid, 付款, 回款
stock, inventory, on hand, 库存, 存货
warehouse, store, wms, 仓库, 仓储
shipment, delivery, dispatch, 发货, 出货, 送货, 交货, 交付
goods receipt, received, 收货, 到货, 入库
goods issue, 出库
posting, booked, posted, 过账, 入账, 记账
picking, 拣货, 配货
packing, packed, 打包, 装箱, 包装
loading, loaded, 装车
truck, lorry, vehicle, driver, 货车, 车辆, 司机
carrier, haulier, forwarder, tms, 承运商, 物流, 快递, 运输
production, manufacturing, shop floor, workshop, mes, 生产, 车间
work order, 工单
machine, equipment, 设备, 机台, 机器
scanner, handheld, barcode reader, 扫码枪, 扫描枪, 手持终端
quality, inspection, qc, 质量, 质检, 检验
release, approve, 放行, 批准
planning, scheduling, scheduled, 计划, 排产, 排程
capacity, 产能
shortage, short of, out of stock, 缺料, 短缺, 断料
bill of materials, bom, 物料清单
revision, version, 版本
drawing, 图纸
late, delayed, overdue, behind schedule, 延误, 延迟, 延期, 逾期, 迟到
cancelled, cancel, cancellation, withdrawn, 取消, 撤单, 作废
closed, finished, completed, 关闭, 结案, 完成, 已结
reopened, open again, 重新打开, 反关闭
duplicate, double, twice, two times, again, 重复, 两次, 两遍
missing, lost, absent, not found, 缺少, 丢失, 没有, 找不到, 查不到
rejected, refused, returned, 被拒, 拒收, 退回, 打回
surplus, too many, too much, more than, excess, 超出, 多发, 超发
short, less than, too few, incomplete, 少发, 不足, 少交
rest, remaining, remainder, balance, 余量, 剩余, 尾数
split, divided, several, 拆分, 拆成, 拆单
combined, merged, together, consolidated, 合并, 拼单
return, credit note, 退货, 红字
wrong, incorrect, false, 错误, 不对, 有误
differ, differs, difference, mismatch, deviation, variance, 差异, 不一致, 对不上, 不符, 相差
unknown, never seen, not known, 未知, 没见过, 不认识, 看不懂
status, state, 状态
time, timestamp, clock, 时间, 时刻
hour, hours, 小时
date, day, 日期
month, 月份
timezone, time zone, utc, 时区
currency, usd, dollar, euro, eur, cny, rmb, yuan, 币种, 货币, 美元, 欧元, 人民币
exchange rate, conversion rate, converted, 汇率, 折算, 换算
tax, vat, gross, net, 税, 税率, 含税, 不含税
discount, rebate, 折扣
freight, shipping cost, 运费
rounding, rounded, cent, penny, 舍入, 四舍五入, 分钱
decimal, decimal point, comma, 小数, 小数点
negative, minus, sign, 负数, 正负号, 符号
unit, unit of measure, 单位
kilogram, kg, 公斤, 千克
tonne, ton, 吨
box, carton, 箱
piece, pieces, pcs, 件
pallet, 托盘, 托
code, number, id, 编码, 编号, 单号
cross reference, mapping table, 对照表, 对照
mapping, mapped, translated, 映射, 翻译
field, column, 字段, 列
message, record, 消息, 报文
interface, connection, api, 接口, 连接
file, spreadsheet, excel, 文件, 表格
import, upload, 导入
export, download, 导出
system, 系统
outage, down, interrupted, offline, 中断, 断线, 宕机
silent, no data, nothing, quiet, 没有数据, 没数据
queue, waiting, backlog, 队列, 排队, 积压
batch, bulk, 批次, 批量, 整批
restart, reboot, 重启
by hand, manually, manual, changed by a person, 手工, 手动, 人工
type, typed, entered, keyed, 录入, 输入
typo, slip, misspelled, mistyped, 笔误, 打错, 输错
truncated, cut off, too short, 截断
garbled, mojibake, strange characters, 乱码
leading zero, zeros, zeroes, 前导零
blank, space, whitespace, 空格
upper case, lower case, capital, 大小写, 大写, 小写
empty, blank cell, 为空, 空白
replaced, superseded, successor, 替代, 替换
discontinued, obsolete, 停用, 停产, 淘汰
old, outdated, stale, former, 旧, 过期, 老
new, 新
promise, promised date, due date, 承诺, 交期
complaint, complains, angry, unhappy, claim, 投诉, 抱怨, 索赔
damaged, broken, defective, 破损, 损坏, 不合格
credit, credit limit, 信用, 额度, 信用额度
blocked, on hold, hold, 挂起, 冻结, 暂停
confirm, confirmed, signed, 确认, 签字
address, 地址
notification, notice, mail, email, wecom, webhook, 通知, 邮件, 企业微信
background job, task, scheduled task, 后台作业, 后台任务
failed, failure, error, gave up, 失败, 报错, 出错, 放弃
stuck, not updated, stopped, 卡住, 不更新, 停留
approval, workflow, procedure, 审批, 流程
"""
# Terms in words of the same meaning → the terms of the others, each once.
LINES = [[tuple(terms_of(word)) for word in line.split(",")] for line in GROUPS.strip().splitlines()]


def alike(terms):
    """The terms that mean the same as some of these (in their order), without these themselves."""
    said = " ".join(("", *terms, ""))
    found = {}
    for words in LINES:
        heard = [word for word in words if word and f" {' '.join(word)} " in said]
        if heard:
            found.update(dict.fromkeys(term for word in words if word not in heard for term in word))
    return [term for term in found if term not in set(terms)]
