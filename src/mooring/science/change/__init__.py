"""Is a change more than error, and on which side of a cut-off does it end?"""

from mooring.science.change.categories import CATEGORIES, Category, Crossing, categorise, crossing
from mooring.science.change.effects import GroupDifference, MeanChange, Share, group_difference, mean_change, share
from mooring.science.change.index import (
    TWO_SIDED_95,
    CutOffs,
    ReliableChange,
    Sample,
    cut_offs,
    difference,
    reliable_change,
)
from mooring.science.change.methods import (
    METHODS,
    ONE_SIDED_95,
    THRESHOLDS,
    Indexed,
    Occasions,
    beyond_cut_off,
    index,
    occasions,
    true_cut_offs,
)
from mooring.science.change.slopes import Slopes, slopes

__all__ = [
    "CATEGORIES",
    "METHODS",
    "ONE_SIDED_95",
    "THRESHOLDS",
    "TWO_SIDED_95",
    "Category",
    "Crossing",
    "CutOffs",
    "GroupDifference",
    "Indexed",
    "MeanChange",
    "Occasions",
    "ReliableChange",
    "Sample",
    "Share",
    "Slopes",
    "beyond_cut_off",
    "categorise",
    "crossing",
    "cut_offs",
    "difference",
    "group_difference",
    "index",
    "mean_change",
    "occasions",
    "reliable_change",
    "share",
    "slopes",
    "true_cut_offs",
]
