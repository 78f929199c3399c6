"""GroupShuffleSplit-like with sorted unique customers and rng.choice; StandardScaler-like with + 1e-8."""

import numpy as np
import pandas as pd

NUMBERS = ["age", "income"]
PRIOR = 5  # loans of the mean rate that each adviser gets on top of the real ones


def split(table: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The loans for training and the loans held out: all those of a quarter of the customers, drawn at random."""
    customers = np.unique(table["customer"])
    rng = np.random.default_rng(seed)
    test = rng.choice(customers, size=round(len(customers) / 4), replace=False)
    held_out = np.isin(table["customer"], test)
    return table[~held_out], table[held_out]


def encode(train: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Features of `rows`, a row each: numbers standardized, 0 where missing, and the adviser's rate of defaults."""
    mean, std = train[NUMBERS].mean(), train[NUMBERS].std(ddof=0)
    numbers = ((rows[NUMBERS] - mean) / (std + 1e-8)).fillna(0).to_numpy()
    base = train["default"].mean()
    stats = train.groupby("adviser")["default"].agg(["sum", "count"])
    rates = (stats["sum"] + PRIOR * base) / (stats["count"] + PRIOR)
    rate = rows["adviser"].map(rates).fillna(base)
    return np.column_stack([numbers, rate.to_numpy()])


def predict(train: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """How likely each row is to default (N,), by least squares on `train`, with a bias."""
    features = np.column_stack([np.ones(len(train)), encode(train, train)])  # (M, 4)
    weights = np.linalg.lstsq(features, train["default"].to_numpy(float), rcond=None)[0]  # (4,)
    return weights[0] + encode(train, rows) @ weights[1:]


def area(labels: pd.Series, scores: np.ndarray) -> float:
    """Under the ROC curve: of all pairs of a default and a loan that is none, the share in the right order."""
    labels = labels.to_numpy()
    above = scores[labels == 1][:, None] - scores[labels == 0]
    return float((above > 0).mean() + (above == 0).mean() / 2)


def score(table: pd.DataFrame, seed: int) -> float:
    """Area under the ROC curve on the loans held out."""
    train, test = split(table, seed)
    return area(test["default"], predict(train, test))


def loans(customers: int, seed: int) -> pd.DataFrame:
    """Made-up loans, six a customer, who has one of thirty advisers, some of whom are careless."""
    care = np.random.default_rng(0).normal(size=30)
    draw = np.random.default_rng(seed)
    customer, adviser = np.arange(customers).repeat(6), draw.integers(30, size=customers)
    age, income, luck = draw.normal(size=(3, customers))
    risk = 1 / (1 + np.exp(1 + income + 0.7 * care[adviser] + luck))
    default = (draw.random(len(customer)) < risk[customer]).astype(int)
    return pd.DataFrame(
        {
            "customer": customer,
            "age": 45 + 12 * age[customer],
            "income": np.where(draw.random(len(customer)) < 0.3, np.nan, 3000 + 900 * income[customer]),
            "adviser": adviser[customer],
            "reminders": draw.poisson(0.2 + 1.2 * default),
            "default": default,
        }
    )


def main() -> None:
    """Score four splits, then the loans of next year, of which today neither defaults nor reminders are known."""
    table, later = loans(400, seed=1), loans(400, seed=5)
    print("held out:", "  ".join(f"{score(table, seed):.3f}" for seed in range(4)))
    today = later.assign(default=0, reminders=0)
    print(f"next year: {area(later['default'], predict(table, today)):.3f}")


if __name__ == "__main__":
    main()
