"""The words of the simulation; nothing here needs NumPy."""

from __future__ import annotations

# Levers, in the order in which they act: what is abolished need not be digitised, and so on.
ABOLISH, DIGITAL, VERTICAL, HORIZONTAL, CONTRACT, RESIDENTS = "R", "T", "V", "H", "P", "C"
LEVERS = (ABOLISH, DIGITAL, VERTICAL, HORIZONTAL, CONTRACT, RESIDENTS)
# These take hours away; the others move them to somebody else.
REMOVING = (ABOLISH, DIGITAL)

# What the hours of a process grow with. 資産 stays as it is.
TOTAL, YOUNG, OLD, ASSET = "総人口", "0〜14歳人口", "65歳以上人口", "資産"
DRIVERS = (TOTAL, YOUNG, OLD, ASSET)
SKILLS = ("一般", "土木", "建築", "保健福祉", "情報")

MUNICIPAL, PREFECTURE, CONTRACTOR, RESIDENT = "市町村・共同処理", "都道府県", "受託者", "住民"
CARRIERS = (MUNICIPAL, PREFECTURE, CONTRACTOR, RESIDENT)
