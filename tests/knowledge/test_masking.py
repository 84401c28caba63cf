"""What is taken out of a text before it is kept for everybody, and what is left."""

import pytest

from mingbai.knowledge.rules.masking import masked


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我叫张三丰，想离婚", "我叫某某，想离婚"),
        ("电话13812345678。", "电话（电话）。"),
        ("电话１３８１２３４５６７８。", "电话（电话）。"),
        ("打 138 1234 5678 找我", "打 （电话） 找我"),
        ("座机024-57654321", "座机（电话）"),
        ("身份证210402199001011234", "身份证（证件号）"),
        ("卡号6222021234567890123", "卡号（账号）"),
        ("微信号：abc_12345", "（账号）"),
        ("邮箱a.b@example.com", "邮箱（邮箱）"),
        ("见https://example.com/x?y=1。", "见（网址）。"),
        ("辽D12345撞了我", "（车牌）撞了我"),
        ("住站前路12号3单元501室", "（住址）"),
        ("王老板欠钱", "某某老板欠钱"),
        ("被告李小明不出庭", "被告某某不出庭"),
    ],
)
def test_it_is_taken_out(text: str, left: str):
    assert masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "欠我50000元，2019年到2023年12月31日", "赔偿1234567元", "老板不给钱", "我和邻居有纠纷",
        "民法典第一千零七十九条", "工资3500元/月，干了6个月", "12348热线和110", "丈夫有外遇",
    ],
)  # fmt: skip
def test_it_stays(text: str):
    assert masked(text) == text


def test_names_that_are_told_go_wherever_they_stand():
    assert masked("欧阳娜娜说，张欧阳娜娜不同意", ["欧阳娜娜", "欧阳"]) == "某某说，张某某不同意"


def test_masking_twice_changes_nothing():
    once = masked("我叫张三丰，电话13812345678，住站前路12号3单元501室")
    assert masked(once) == once
