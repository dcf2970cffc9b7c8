"""An independent twin of the model: plain NumPy, worlds side by side, written from the description, conf/ and sim/data/ alone.

It imports nothing of this project, and it was written without reading the code. So if twin and model agree, the description
says what the code does. When the description changes, the twin is changed after the description, never after the code. It
throws the addressed dice of section 7.1, so each of its worlds can be compared with the same world of the model. Numbers such
as (7.4) are sections of the description; names of states and parameters are those of the description, and short names are its
symbols.

The twin does not have the fit of the posterior, policies whose start or strength is a prior, weekly records, or a past
coalition.
"""

import csv
import datetime
import hashlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import yaml
from scipy import special

ROCKET_SITES = ["embassy", "baghdad_bases", "western_base", "erbil_base"]
SITES = [*ROCKET_SITES, "convoys"]
TARGETS = ["iraqi_state", "kurdistan", "contractors", "other_missions"]
PRESENT, DRAWING_DOWN, RELOCATED, OUT, AWAITED = range(5)
OPEN, REDUCED, MOVED, CLOSED = range(4)
NONE, DIPLOMATS, PARTIAL, FULL = range(4)
NEVER = np.inf
GOLDEN = 0.6180339887498949
START = datetime.date(2020, 9, 30)

# ---------------------------------------------------------------------------------------------- 7.1 dice


def philox(first, second, key):
    """Philox 2x32 with 10 rounds: two words for each counter (first, second) under a key."""
    word = np.uint64(0xFFFFFFFF)
    first, second, key = (np.asarray(x, dtype=np.uint64) for x in (first, second, key))
    for _ in range(10):
        wide = np.uint64(0xD256D193) * first
        first, second = (wide >> np.uint64(32)) ^ key ^ second, wide & word
        key = (key + np.uint64(0x9E3779B9)) & word
    return first, second


class Dice:
    """Uniforms by address (7.1)."""

    def __init__(self, seed, worlds, per_draw=1, phase=1):
        self.seed, self.worlds, self.per_draw, self.phase = seed, worlds, per_draw, phase
        self.days = {}

    def uniforms(self, name, phase, first, second):
        key = hashlib.blake2b(f"{self.seed} {phase} {name}".encode(), digest_size=4).digest()
        return [(x + 0.5) / 2.0**32 for x in philox(first, second, int.from_bytes(key, "little"))]

    def parameter(self, name):
        """The uniform of a parameter, a switch or a key of either: one per draw, given to its worlds."""
        return self.uniforms(name, 0, np.arange(self.worlds) // self.per_draw, 0)[0]

    def setup(self, name):
        """The uniform of a setup decision, one per world."""
        return self.uniforms(name, 0, np.arange(self.worlds), 0)[0]

    def day(self, names, decisions):
        """(decisions, agents, worlds), the next day of these agents."""
        out = np.empty((decisions + decisions % 2, len(names), self.worlds))
        for i, name in enumerate(names):
            day = self.days[name] = self.days.get(name, -1) + 1
            for pair in range(len(out) // 2):
                out[2 * pair : 2 * pair + 2, i] = self.uniforms(name, self.phase, np.arange(self.worlds), 64 * day + pair)
        return out[:decisions]


def normal(u):
    return special.ndtri(u)


def sigma(x):
    return 1.0 / (1.0 + np.exp(-x))


def chance(h):
    return 1.0 - np.exp(-h)


def clip(x, low, high):
    return np.minimum(np.maximum(x, low), high)


def log_ratio(rate, reference, floor):
    return np.log(np.maximum(rate, floor) / reference)


def poisson(u, mean):
    """Smallest n with u < F(n)."""
    u, mean = np.broadcast_arrays(u, mean)
    n = np.zeros(u.shape)
    todo = np.nonzero(u > 1.0 - mean)
    if todo[0].size == 0:
        return n
    uu, m = u[todo], mean[todo]
    term = np.exp(-m)
    total, k = term.copy(), np.zeros(uu.shape)
    live = uu >= total
    while live.any():
        k[live] += 1
        term = np.where(live, term * m / np.maximum(k, 1), term)
        total = np.where(live, total + term, total)
        live = live & (uu >= total) & ~((k > m) & (term < 1e-18))
    n[todo] = k
    return n


def binomial(u, n, p):
    u, n, p = np.broadcast_arrays(u, n, p)
    out = np.where(p >= 1.0, n, 0.0)
    todo = np.nonzero((n > 0) & (p > 0) & (p < 1))
    if todo[0].size == 0:
        return out
    uu, nn, pp = u[todo], n[todo], p[todo]
    term = (1 - pp) ** nn
    total, k = term.copy(), np.zeros(uu.shape)
    live = uu >= total
    while live.any():
        term = np.where(live, term * (nn - k) / (k + 1) * pp / (1 - pp), term)
        k[live] += 1
        total = np.where(live, total + term, total)
        live = live & (uu >= total) & (k < nn)
    out[todo] = k
    return out


def geometric(u, mean):
    m = np.maximum(mean, 1e-300)
    return np.where(mean > 0, np.floor(np.log1p(-u) / np.log(m / (1 + m))), 0.0)


# ---------------------------------------------------------------------------------------------- 7.2 parameters


def quantile(prior, u, m):
    kind, *a = prior
    a = [float(x) for x in a]
    if kind == "uniform":
        return a[0] + (a[1] - a[0]) * u
    if kind == "loguniform":
        return a[0] * np.exp(u * np.log(a[1] / a[0]))
    if kind == "normal":
        sd, low, high = a
        lo, hi = special.ndtr((low - m) / sd), special.ndtr((high - m) / sd)
        return m + sd * special.ndtri(lo + u * (hi - lo))
    if kind == "lognormal":
        median, low, high = a
        sd, mu = np.log(high / low) / 3.29, np.log(median)
        lo, hi = special.ndtr((np.log(low) - mu) / sd), special.ndtr((np.log(high) - mu) / sd)
        return np.exp(mu + sd * special.ndtri(lo + u * (hi - lo)))
    if kind == "beta":
        if m <= 0 or m >= 1:
            return np.full(np.shape(u), float(m))
        c = m * (1 - m) / a[0] ** 2 - 1
        return special.betaincinv(m * c, (1 - m) * c, u)
    if kind == "scaled_beta":
        low, high = a[:2]
        q = (m - low) / (high - low)
        s, t = (6 * q, 6 * (1 - q)) if len(a) == 2 else a[2:]
        return low + (high - low) * special.betaincinv(s, t, u)
    raise ValueError(prior)


def read(path):
    with open(path, encoding="utf-8") as f:
        return list(csv.DictReader(f))


def parameters(conf, data, dice, uncertainty, worlds, model="full"):
    table = {}
    neutral = {}
    for name, state in yaml.safe_load((conf / f"model/{model}.yaml").read_text()).items():
        if state == "off":
            neutral.update(yaml.safe_load((conf / f"mechanisms/{name}.yaml").read_text())["neutral"])
    if uncertainty == "posterior":
        z = np.load(data / "posterior.npz", allow_pickle=True)
        rows = (np.arange(worlds) // dice.per_draw) % z["quantiles"].shape[0]
        q = (z["quantiles"][rows].astype(float) + 0.5) / 65536
        table = {n: q[:, i] for i, n in enumerate(z["names"])}

    def u(name):
        return table[name] if name in table else dice.parameter(name)

    out = {}
    for path in sorted((conf / "parameters").glob("*.yaml")):
        group = path.stem
        ns = SimpleNamespace()
        for entry, e in yaml.safe_load(path.read_text()).items():
            value, prior, name = e["value"], e.get("prior", "fixed"), f"{group}.{entry}"
            drawn = uncertainty != "none" and prior not in ("fixed", None, ["fixed"])
            if name in neutral:  # a mechanism that is off
                drawn = False
                value = dict.fromkeys(value, neutral[name]) if isinstance(value, dict) else neutral[name]
            if isinstance(value, dict):
                vals = {k: float(x) for k, x in value.items()}
                if drawn and prior[0] == "dirichlet":
                    c = float(prior[1])
                    g = np.array(
                        [special.gammaincinv(c * x, u(f"{name}.{k}")) if x > 0 else np.zeros(worlds) for k, x in vals.items()]
                    )
                    v = g / g.sum(0)
                elif drawn:
                    v = np.array([quantile(prior, u(f"{name}.{k}"), x) for k, x in vals.items()])
                else:
                    v = np.array(list(vals.values()))[:, None] * np.ones(worlds)
                    if prior not in ("fixed", None, ["fixed"]) and prior[0] == "dirichlet":
                        v = v / v.sum(0)
                setattr(ns, entry + "_keys", list(vals))
            else:
                v = quantile(prior, u(name), float(value)) if drawn else float(value)
            setattr(ns, entry, v)
        out[group] = ns
    switches = {}
    for name, forms in yaml.safe_load((conf / "switches/default.yaml").read_text()).items():
        keys, w = list(forms), np.array([float(x) for x in forms.values()])
        if uncertainty == "none":
            switches[name] = np.full(worlds, keys[0], dtype=object)
        else:
            idx = np.searchsorted(np.cumsum(w) / w.sum(), u(f"switches.{name}"), side="right")
            switches[name] = np.array(keys, dtype=object)[np.minimum(idx, len(keys) - 1)]
    return out, switches


# ---------------------------------------------------------------------------------------------- policies


GOES_ON = [
    "capability", "quality", "Eis", "attack_rate", "is_rate", "truce", "window", "deterrence", "recent_deaths", "recent_strikes",
    "E", "grievance", "capacity", "claims", "restraint", "X", "capital", "enforcement", "protection", "caretaker", "friendly",
    "recent_arrests", "staff", "deaths_to_answer", "trust", "mobilisation", "border_closed",
]  # fmt: skip


def policies_of(conf, scenario, more):
    """The policies of a scenario, then those given besides: settings by name."""

    def shipped(kind):
        return {**yaml.safe_load((conf / f"policy/{kind}.yaml").read_text()), "kind": kind}

    def composed(name):
        content = yaml.safe_load((conf / f"scenario/{name}.yaml").read_text()) or {}
        prefix, out = "/policy@policies.", {}
        for entry in content.get("defaults", []):
            if isinstance(entry, dict):
                out |= {key.removeprefix(prefix): shipped(kind) for key, kind in entry.items() if key.startswith(prefix)}
            elif entry != "_self_":
                out |= composed(entry)
        for policy, own in (content.get("policies") or {}).items():
            out[policy] |= own
        return out

    out = composed(scenario)
    return out | {name: out.get(name, shipped(name)) | own for name, own in more.items()}


class Twin:
    """All worlds of one arm."""

    def __init__(
        self, conf, data, scenario="stay", worlds=150, seed=20200930, uncertainty="prior", days=730, model="full",
        per_draw=1, start="given", policies=None, past_of=None,
    ):  # fmt: skip
        """Set up section 5, or with past_of the year before it (CALIBRATION.md, 1), whose parameters and forms are those of past_of."""
        conf, data = Path(conf), Path(data)
        self.past = past_of is not None
        self.W, self.days = worlds, days
        W = worlds
        self.policies = {} if self.past else policies_of(conf, scenario, policies or {})
        self.dice = Dice(seed, W, per_draw, 2 if self.past else 1)
        self.start = START
        if self.past:
            self.history = yaml.safe_load((conf / "history/known_2019_2020.yaml").read_text())
            self.start = datetime.date.fromisoformat(str(self.history["start"]))
        members = read(data / "coalition_members.csv")
        if self.past:
            P = {k: SimpleNamespace(**vars(v)) for k, v in past_of.P.items()}
            S = past_of.S
            for f in self.history["fixed"].values():
                group, entry = f["parameter"].split(".")
                setattr(P[group], entry, float(f["value"]))
        else:
            P, S = parameters(conf, data, self.dice, uncertainty, W, model)
        self.P, self.S = P, S
        self.calendar(conf)
        one = np.ones(W)

        # coalition
        c = self.c = P["coalition"]
        n = len(members)
        self.names = [m["member"] for m in members]
        self.starter = np.array([m["status_at_start"] == "present" or self.past for m in members])
        column = "troops_january_2020" if self.past else "troops"
        self.troops0 = np.where(self.starter, [float(m[column]) for m in members], 0.0)[:, None]
        root = np.sqrt(self.troops0)
        self.root = root
        self.others = root.sum() - root
        self.nmi = np.array([m["mission"] in ("both", "nmi") for m in members])[:, None]
        self.nato_member = np.array([m["nato_member"] == "1" for m in members])[:, None]
        self.frame = np.array([self.names.index(m["framework_nation"]) if m["framework_nation"] else -1 for m in members])

        def day(date):
            return (datetime.date.fromisoformat(date) - self.start).days if date else None

        self.mandate = [day(m["mandate_renewal"]) if self.has["member_mandates"] else None for m in members]
        self.election = [day(m["election_due"]) if self.has["member_elections"] else None for m in members]
        departure = np.array([self.dice.setup(f"{x}: departure") for x in self.names])
        self.duration = c.exit_duration_days * np.exp(c.exit_duration_spread * normal(departure))
        self.as_one = self.dice.setup("nato_mission: collective decision") < c.collective_decision_probability
        hm = np.array([x is not None for x in self.mandate])[:, None]
        he = np.array([x is not None for x in self.election])[:, None]
        self.mean_log = hm * np.log(1 + c.mandate_window_days / 365 * np.expm1(c.effect_of_mandate_renewal)) + he * np.log(
            1 + c.election_window_days / 1461 * np.expm1(c.effect_of_election)
        )
        form = S["knock_on_form"]
        free, comp = form == "free_standing", form == "compensating"
        factor = np.where(free, c.free_standing_factor, np.where(comp, c.compensating_factor, 1.0))
        self.b_lead = c.effect_of_lead_exit * factor
        self.b_host = c.effect_of_host_closing * factor
        self.b_peers = c.effect_of_peer_exits * np.where(free, 0.0, np.where(comp, c.compensating_factor, 1.0))
        self.step_up = comp * np.maximum(0, -c.compensating_factor)
        self.hosted_by = [m["hosted_by"] for m in members]
        self.hosted_at = [m["hosted_at"] for m in members]
        reliance = {"lead": 1.0, "nato": c.reliance_of_nato_hosted, "own": 0.0}
        self.reliance = np.array([reliance[x] * one for x in self.hosted_by])
        self.status = np.where(self.starter[:, None], PRESENT, OUT) * np.ones((1, W), int)
        self.troops = self.troops0 * one
        self.decided_on = np.full((n, W), -30000.0)
        self.knock_lead, self.knock_peers, self.knock_frame = one.copy(), one.copy(), one.copy()
        self.ordered = np.zeros((n, W), bool)
        self.remaining = one.copy()

        # lead
        self.lead = P["lead_nation"]

        def z():
            return np.zeros(W)

        self.troop_share, self.announcement, self.announced_on = one.copy(), np.zeros(W, int), np.full(W, -NEVER)
        self.share_to_go, self.weight, self.share_then, self.exit_days, self.progress = z(), z(), one.copy(), one.copy(), z()
        self.closes_on = np.full(W, NEVER)
        self.ultimatum, self.issued_on, self.deadline, self.extension, self.extended = (
            z(),
            np.full(W, NEVER),
            np.full(W, NEVER),
            z(),
            z(),
        )
        self.executed, self.withdrawn, self.lead_restraint = z(), z(), z()
        self.window, self.deterrence, self.recent_deaths, self.recent_strikes = z(), z(), z(), z()
        self.deaths_to_answer = z()

        # militias
        m = self.m = P["militias"]
        p = self.patron = P["patron"]
        self.factions = [f["faction"] for f in read(data / "factions.csv")]
        for e in ("patron_control", "facade_share", "faction_share_rockets", "faction_share_convoys"):
            assert getattr(m, e + "_keys") == self.factions, e
        assert m.displaced_targets_keys == TARGETS
        self.share = {"rockets": m.faction_share_rockets, "convoys": m.faction_share_convoys}
        alpha = m.self_excitation + m.cross_excitation
        v = p.campaign_volatility
        self.mu, self.X, self.E, self.spread = {}, {}, {}, {}
        claims = 0
        rates = []
        if self.past:
            za, zb = (normal(self.dice.setup(f"patron: {k} a year before")) for k in ("rockets", "convoys"))
            cc = p.campaign_correlation
            past_x = {"rockets": v * za, "convoys": v * (cc * za + np.sqrt(1 - cc**2) * zb)}
        for k, mean, rate in (
            ("rockets", m.mean_rocket_rate, p.rocket_rate_at_start),
            ("convoys", m.mean_convoy_rate, p.convoy_rate_at_start),
        ):
            w = self.share[k]
            J = (w > 0).sum(0)
            self.spread[k] = np.where(J > 1, m.cross_excitation / np.maximum(J - 1, 1), 0.0)
            self.mu[k] = mean * (1 - alpha) * np.exp(-(v**2) / 2) * one
            if self.past:
                self.X[k] = past_x[k]
                rate = self.mu[k] * np.exp(self.X[k]) / (1 - alpha)
            else:
                self.X[k] = np.log(rate * (1 - alpha) / self.mu[k])
            rates.append(rate)
            s = self.spread[k]
            level = np.where(w > 0, (w * (1 - alpha) * rate + s * rate) / (1 - m.self_excitation + s), 0)
            self.E[k] = np.where(w > 0, m.self_excitation * level + s * (rate - level), 0)
            claims = claims + level
        self.q = np.exp(-1 / m.excitation_decay_days)
        self.claims = claims * m.claims_memory_days
        facades = (self.claims * m.facade_share).sum(0) / self.claims.sum(0)
        self.facades_at_start = past_of.facades_at_start if self.past else facades
        self.grievance, self.capacity = np.zeros((5, W)), np.ones((5, W))
        self.sign_strikes = np.where(S["strikes"] == "deter", 1.0, -1.0)
        self.sign_patron = np.where(S["patron_on_exit"] == "eases", 1.0, -1.0)
        self.sign_announcement = np.where(S["announcement"] == "hurts", -1.0, 1.0)
        self.d = np.where(S["displacement"] == "low", m.displaced_share_low, m.displaced_share_high)
        self.restraint = p.restraint_at_start * one
        self.attack_rate = (rates[0] + rates[1]) * one
        self.useful = S["mission_is"] == "useful"
        self.vote_stands = np.zeros(W) if self.past else one.copy()
        t = self.t = P["truce"]
        self.compliance = t.compliance_floor + (1 - t.compliance_floor) * m.patron_control
        self.truce, self.brokered = z(), z()

        # government, embassy, crowd, kurdistan
        g = self.g = P["government"]
        self.capital = g.political_capital_at_start * one
        self.enforcement = g.enforcement_at_rest * one
        self.protection = g.green_zone_protection_at_start * one
        self.caretaker, self.friendly, self.stance = z(), z(), one.copy()
        self.force, self.enforcing_force, self.crackdown, self.recent_arrests = z(), z(), z(), z()
        self.e = P["embassy"]
        self.embassy, self.mission, self.closed_by_decision = np.zeros(W, int), one.copy(), z()
        self.other_missions = one.copy()
        self.cr = P["crowd"]
        self.mobilisation = self.cr.mobilisation_at_start * one
        self.k = P["kurdistan"]
        self.trust = self.k.trust_at_start * one

        # sites
        s = self.s = P["sites"]
        assert s.attractiveness_keys == ROCKET_SITES
        assert s.urban_density_keys == s.cover_at_start_keys == SITES
        assert s.closing_levels_keys == ROCKET_SITES[1:]
        self.closing = np.vstack([np.zeros(W), s.closing_levels, m.closure_threshold * one])
        self.v = s.attractiveness
        cap = int(s.death_toll_cap)
        powers = np.arange(1, cap + 1, dtype=float)[:, None] ** -(s.death_toll_exponent * one)
        self.zeta = np.cumsum(powers, 0)
        small = int(self.P["situation"].large_killing) - 1
        self.large = 1 - (self.zeta[small - 1] / self.zeta[-1] if small else np.zeros(W))

        # IS, enablers, NATO
        i = self.i = P["islamic_state"]
        self.cells = i.governorate_share_keys
        itself = S["islamic_state_depends_on"] == "itself"
        f = dict(zip(i.self_limited_factors_keys, i.self_limited_factors, strict=True))

        def factor(name):
            return np.where(itself, f[name], 1.0)

        self.dependence_is = i.enabler_dependence * factor("enabler_dependence")
        self.loss_advisers = g.force_quality_loss_without_advisers * factor("force_quality_loss_without_advisers")
        self.saturation = i.saturation_at_start * factor("saturation_at_start")
        self.recruitment = i.presence_driven_recruitment * factor("presence_driven_recruitment")
        self.i0 = 12 * i.attacks_per_month_at_start / 365 * one
        self.shr = i.governorate_share / i.governorate_share.sum(0)
        border = {frozenset((b["governorate_a"], b["governorate_b"])) for b in read(data / "governorate_borders.csv")}
        A = np.array([[float(frozenset((a, b)) in border) for b in self.cells] for a in self.cells])
        self.A = A / np.maximum(A.sum(1, keepdims=True), 1)
        self.capability = self.shr * self.i0
        self.quality = np.ones((7, W))
        self.Eis = i.self_excitation * self.capability * self.season(0)
        self.qis = np.exp(-1 / i.excitation_decay_days)
        self.is_rate = self.i0.copy()
        disputed = dict(zip(self.k.disputed_weight_keys, self.k.disputed_weight, strict=True))
        self.disputed = np.array([disputed.get(x, 0.0) * one for x in self.cells])
        self.n = P["nato_mission"]
        self.staff0 = self.n.staff_at_start * one
        self.staff, self.backfill, self.ceiling = self.staff0.copy(), z(), self.n.ceiling * one
        self.o = P["over_the_horizon"]
        self.oth = self.o.strength_without_policy * one
        self.nb = P["neighbours"]
        self.governorates, self.sites_table = read(data / "governorates.csv"), read(data / "sites.csv")
        self.reads = [r["reads"].split() for r in read(data / "neighbours.csv")]
        self.partner = [float(r["partner_forces"]) for r in read(data / "neighbours.csv")]
        self.neighbours = [r["neighbour"] for r in read(data / "neighbours.csv")]
        self.border_closed = np.zeros((len(self.neighbours), W))
        reads = np.array([[float(x in r) for r in self.reads] for x in self.cells])
        self.reads_of = reads / np.maximum(reads.sum(1, keepdims=True), 1)
        base = {x["governorate"]: x["supported_from"] for x in self.governorates}
        self.supported_from = [SITES.index(base[x]) if base[x] else None for x in self.cells]
        self.sit = P["situation"]
        self.above, self.above4 = z(), z()
        self.resurgence, self.severe = np.full(W, np.nan), np.full(W, np.nan)

        if uncertainty == "posterior" and start != "given":
            x = np.load(data / "posterior.npz", allow_pickle=True)
            rows = (np.arange(W) // self.dice.per_draw) % x["quantiles"].shape[0]

            def st(name):
                return x["start." + name][:, rows].astype(float)

            self.capability, self.quality, self.Eis = (
                st("islamic_state.capability"),
                st("islamic_state.quality"),
                st("islamic_state.excitation"),
            )
            self.attack_rate, self.is_rate = st("situation.attack_rate")[0], st("situation.islamic_state_rate")[0]
            self.truce = st("truce.in_force")[0]
            self.window, self.deterrence = st("lead.window")[0], st("lead.deterrence")[0]
            self.recent_deaths, self.recent_strikes = st("lead.recent_deaths")[0], st("lead.recent_strikes")[0]
            self.E = {k: st(f"militias.excitation_{k}") for k in ("rockets", "convoys")}
            self.grievance, self.capacity, self.claims = (
                st("militias.grievance"),
                st("militias.capacity"),
                st("militias.claims"),
            )
            self.restraint = st("patron.restraint")[0]
            self.X = {k: st(f"patron.{k}")[0] for k in ("rockets", "convoys")}
            self.capital, self.enforcement, self.protection = (
                st(f"government.{k}")[0] for k in ("capital", "enforcement", "protection")
            )
            self.caretaker, self.friendly = st("government.caretaker_days")[0], st("government.patron_friendly")[0]
            self.recent_arrests = st("government.recent_arrests")[0]
            self.staff = st("nato.staff")[0]
            self.deaths_to_answer, self.border_closed = st("lead.deaths_to_answer")[0], st("neighbours.closed")
            self.trust, self.mobilisation = st("kurdistan.trust")[0], st("crowd.mobilisation")[0]

        self.flow, self.last = {}, {}
        self.beyond = np.zeros((5, W))
        self.order_strike = 0
        self.no_air, self.no_advice = 0.0, 0.0
        if self.past:
            y = self.y = P["year_before"]
            ratio = y.islamic_state_attacks_per_month / i.attacks_per_month_at_start
            self.capability, self.Eis, self.is_rate = self.capability * ratio, self.Eis * ratio, self.is_rate * ratio
            self.capital = y.political_capital * one
        elif start == "history" and uncertainty != "posterior":
            past = Twin(conf, data, scenario, worlds, seed, uncertainty, 0, model, per_draw, past_of=self)
            past.days = (self.start - past.start).days
            for t in range(past.days):
                past.step(t)
            for a in GOES_ON:
                setattr(self, a, getattr(past, a))

    def calendar(self, conf):
        cal = yaml.safe_load((conf / "calendar/known_2020.yaml").read_text())
        if self.past:
            cal = {k: e for k, e in cal.items() if e["kind"] in ("member_mandates", "member_elections")}
        self.has = {k: any(e["kind"] == k for e in cal.values()) for k in ("member_mandates", "member_elections")}

        def on(kind):
            return [(datetime.date.fromisoformat(str(e["date"])) - self.start).days for e in cal.values() if e["kind"] == kind]

        self.lead_election = (on("lead_election") or [-1])[0]
        self.inauguration = (on("inauguration") or [-1])[0]
        self.early_election = (on("early_election") or [-1])[0]

    def date(self, t):
        return self.start + datetime.timedelta(t)

    def season(self, t):
        i = self.i
        return 1 + i.season_amplitude * np.cos(2 * np.pi * (self.date(t).timetuple().tm_yday - i.season_peak) / 365)

    # ------------------------------------------------------------------------------------------ announcements (7.4)

    def announce(self, where, kind, share, weight, days, closing, today):
        acts = where & (weight > 0)
        larger = acts & (weight > self.weight)
        self.announcement[larger] = kind
        self.announced_on[larger] = today
        self.share_to_go = np.where(larger, share, self.share_to_go)
        self.weight = np.where(larger, weight, self.weight)
        self.share_then = np.where(larger, self.troop_share, self.share_then)
        self.exit_days = np.where(larger, days, self.exit_days)
        self.progress = np.where(larger, 0.0, self.progress)
        if kind == FULL:
            self.ultimatum = np.where(larger, 0.0, self.ultimatum)
        self.closes_on = np.where(acts, np.minimum(self.closes_on, today + closing), self.closes_on)

    def withdraw(self, where):
        something = where & (self.announcement > 0)
        self.announcement = np.where(something, NONE, self.announcement)
        for a in ("share_to_go", "weight", "progress"):
            setattr(self, a, np.where(something, 0.0, getattr(self, a)))
        self.closes_on = np.where(something, NEVER, self.closes_on)
        self.withdrawn = np.where(something, 1.0, self.withdrawn)

    def happen(self, t):
        """Known events of the year before, stage levers.act (CALIBRATION.md, 1)."""
        self.order_strike, self.no_air, self.no_advice = 0, 0.0, 0.0
        self.beyond[:] = 0
        y = self.y

        def day(date):
            return (datetime.date.fromisoformat(str(date)) - self.start).days

        for e in sorted(self.history["events"].values(), key=lambda e: e["kind"] == "strike"):
            kind, first, until = e["kind"], day(e["date"]), day(e["until"]) if "until" in e else None
            during = until is not None and first <= t < until
            if kind == "strike" and t == first:
                self.order_strike = 1
            elif kind == "no_other_strike" and during:
                self.order_strike = -1
            elif kind == "caretaker":
                if t == first:
                    self.capital = self.g.capital_after_fall * np.ones(self.W)
                    self.caretaker = np.full(self.W, float(until - first))
                elif t == until:
                    self.caretaker = np.zeros(self.W)
                    self.capital = self.g.capital_after_fall * np.ones(self.W)
            elif kind == "training_halt" and during:
                self.no_advice = y.advice_suspended
            elif kind == "air_pause" and during:
                self.no_air = y.air_suspended
            elif kind == "members_away":
                rows = [self.names.index(x) for x in e["members"]]
                if t == first:
                    self.status[rows] = np.where(self.status[rows] == PRESENT, RELOCATED, self.status[rows])
                elif t == until:
                    self.status[rows] = np.where(self.status[rows] == RELOCATED, PRESENT, self.status[rows])
            elif kind == "base_handover" and t < first:
                self.beyond[SITES.index(e["site"])] += y.presence_of_a_base
            elif kind == "announced_cut" and t == first:
                weight = np.full(self.W, 1 - self.lead.troops_at_start / y.lead_troops)
                self.announce(np.ones(self.W, bool), PARTIAL, 0.0, weight, np.full(self.W, float(until - first)), NEVER, t)
            elif kind == "stance" and t == first:
                self.stance[:] = {"leave": -1.0, "neutral": 0.0, "stay": 1.0}[e["stance"]]
            elif kind == "vote" and t == first:
                self.vote_stands[:] = 1.0
            elif kind == "protest" and t == first:
                self.mobilisation = self.mobilisation + y.mobilisation_of_protests

    def act(self, t):
        lead, W, every = self.lead, self.W, np.ones(self.W, bool)
        self.ordered[:] = False
        for pol in self.policies.values():
            kind, start, x = pol["kind"], int(pol["start"]), float(pol["strength"])
            if kind == "member_exits":
                for name, day in (pol["exits"] or {}).items():
                    if max(start, int(day)) == t:
                        self.ordered[self.names.index(name)] = True
                continue
            if start != t or (x == 0 and kind != "knock_on_exits"):
                continue
            if kind == "full_pullout":
                days = lead.exit_duration_days * float(pol["stretch"]) * np.ones(W)
                self.announce(every, FULL, x, x * np.ones(W), days, np.ceil(lead.embassy_closing_progress * days), t)
            elif kind == "partial_cut":
                share = x * (lead.partial_cut_share if pol["share"] is None else float(pol["share"])) * np.ones(W)
                self.announce(every, PARTIAL, share, share, lead.exit_duration_days * np.ones(W), NEVER, t)
            elif kind == "diplomats_out":
                days = (lead.diplomats_exit_days if pol["days_to_close"] is None else float(pol["days_to_close"])) * np.ones(W)
                self.announce(every, DIPLOMATS, 0.0, x * lead.diplomats_only_share * np.ones(W), days, np.ceil(days), t)
            elif kind == "ultimatum":
                issue = self.announcement != FULL
                days = np.round(lead.ultimatum_deadline_days) if pol["deadline_days"] is None else float(pol["deadline_days"])
                ext = lead.ultimatum_extension_days if pol["extension_days"] is None else float(pol["extension_days"])
                self.ultimatum = np.where(issue, 1.0, self.ultimatum)
                self.issued_on = np.where(issue, t, self.issued_on)
                self.deadline = np.where(issue, t + days, self.deadline)
                self.extension = np.where(issue, ext, self.extension)
                self.extended = np.where(issue, 0.0, self.extended)
            elif kind == "rethink":
                self.withdraw(every)
                self.ultimatum[:] = 0
            elif kind == "green_zone_force":
                self.force[:] = x
                self.enforcing_force[:] = x * float(pol["enforcement"])
            elif kind == "move_to_erbil":
                self.embassy = np.where(self.embassy <= REDUCED, MOVED, self.embassy)
            elif kind == "crackdown":
                self.crackdown[:] = x
            elif kind == "brokered_truce":
                self.brokered[:] = x
            elif kind == "nato_backfill":
                self.backfill[:] = x
                if pol["ceiling"] is not None:
                    self.ceiling[:] = float(pol["ceiling"])
            elif kind == "over_the_horizon":
                self.oth = self.oth + x * (1 - self.oth)
            elif kind == "retaliation_restraint":
                self.lead_restraint[:] = x
            elif kind == "knock_on_exits":
                self.knock_frame[:] = x
                if pol["scope"] in ("peers", "all"):
                    self.knock_peers[:] = x
                if pol["scope"] == "all":
                    self.knock_lead[:] = x
            else:
                raise ValueError(kind)

    # ------------------------------------------------------------------------------------------ the day

    def step(self, t):
        c, lead, m, p, g, e, s, i, sit, tr = (
            self.c,
            self.lead,
            self.m,
            self.patron,
            self.g,
            self.e,
            self.s,
            self.i,
            self.sit,
            self.t,
        )
        W, D = self.W, self.dice.day
        before_election = float(t < self.lead_election)
        U_is = D(self.cells, 5)
        U_truce = D(["truce"], 2)[:, 0]
        U_lead = D(["lead_nation"], 8)[:, 0]
        U_mil = D(self.factions, 6)
        U_pat = D(["patron"], 2)[:, 0]
        U_gov = D(["iraqi_government"], 8)[:, 0]
        U_coa = D(self.names, 2)
        U_nato = D(["nato_mission"], 1)[0, 0]
        U_site = D(SITES, 8)
        U_else = D(["elsewhere"], 7)[:, 0]
        U_air = D(["air operations"], 1)[0, 0]
        U_crowd = D(["crowd"], 1)[0, 0]
        U_emb = D(["mission"], 6)[:, 0]
        U_border = D(self.neighbours, 1)[0]
        U_pair = D([f"{f} at {x}" for f in self.factions for x in SITES], 1)[0].reshape(5, 5, W)

        # 1
        if self.past:
            self.happen(t)
        self.act(t)

        # 2 (a)
        if (self.ultimatum > 0).any():
            since = t - self.issued_on
            force = self.ultimatum > 0
            due = force & (since > 0) & (np.mod(np.where(force, since, 1.0), lead.ultimatum_review_days) == 0)
            lobbying = ((self.stance > 0) + self.remaining) / 2
            pr = sigma(
                lead.ultimatum_execution_intercept
                + lead.ultimatum_effect_of_attacks * log_ratio(self.attack_rate, sit.peak_attack_rate, sit.attack_rate_floor)
                + lead.ultimatum_effect_of_deaths * np.minimum(self.recent_deaths, sit.deaths_counted_at_most)
                - lead.ultimatum_effect_of_truce * self.truce
                - lead.ultimatum_effect_of_enforcement
                * ((self.enforcement - g.enforcement_at_rest) + (self.protection - g.green_zone_protection_at_start))
                - lead.ultimatum_effect_of_lobbying * lobbying
            )
            execute = due & (U_lead[0] < pr)
            late = force & ~execute & (self.deadline - t <= 0)
            extend = (
                late
                & (self.extension > 0)
                & (self.extended == 0)
                & (self.truce == 0)
                & (U_lead[1] < lead.ultimatum_extension_probability)
            )
            self.deadline = np.where(extend, self.deadline + self.extension, self.deadline)
            self.extended = np.where(extend, 1.0, self.extended)
            self.ultimatum = np.where(execute | (late & ~extend), 0.0, self.ultimatum)
            self.executed = np.where(execute, 1.0, self.executed)
            days = lead.exit_duration_days * np.ones(W)
            self.announce(execute, FULL, 1.0, np.ones(W), days, np.ceil(lead.embassy_closing_progress * days), t)
        # (b)
        if t == self.inauguration:
            self.withdraw(
                (self.announcement >= PARTIAL) & (self.progress < 1) & (U_lead[7] < lead.successor_reversal_probability)
            )
        # (c)
        on = self.announcement > 0
        self.progress = np.where(on, clip((t - np.where(on, self.announced_on, t)) / self.exit_days, 0, 1), 0.0)
        target = np.minimum(self.share_then, 1 - self.share_to_go * (1 - lead.residual_share))
        self.troop_share = np.where(
            on, np.minimum(self.troop_share, self.share_then + self.progress * (target - self.share_then)), self.troop_share
        )
        ts = self.troop_share
        # 3
        Q = self.weight * (self.progress < 1)
        L = (self.weight > 0) * clip((self.weight - c.lead_loss_tolerated) / (1 - c.lead_loss_tolerated), 0, 1)
        # 4
        fresh = self.deterrence > sit.strike_reaction_level
        R = sigma(
            self.sign_patron * p.effect_of_credible_exit * Q
            + p.pre_election_caution * before_election
            + p.ultimatum_caution * self.ultimatum
            - p.strike_reaction * fresh
        )
        self.restraint = clip(self.restraint + p.restraint_adjustment_rate * (R - self.restraint), 0, 1)
        z1, z2 = normal(U_pat[0]), normal(U_pat[1])
        z2 = p.campaign_correlation * z1 + np.sqrt(1 - p.campaign_correlation**2) * z2
        contested = self.vote_stands * (self.stance > 0) * (1 - Q)
        for k, zz, b in (
            ("rockets", z1, p.effect_of_contested_presence_on_rockets),
            ("convoys", z2, p.effect_of_contested_presence_on_convoys),
        ):
            self.X[k] = (
                self.X[k]
                - (self.X[k] - b * contested) / p.campaign_persistence_days
                + p.campaign_volatility * np.sqrt(2 / p.campaign_persistence_days) * zz
            )
        # 5
        start = U_truce[0] < chance(
            tr.onset_hazard
            * np.exp(
                tr.effect_of_ultimatum * self.ultimatum
                + tr.effect_of_restraint * (self.restraint - p.restraint_at_start)
                + tr.effect_of_broker * self.brokered
            )
        )
        end = U_truce[1] < chance(1 / tr.mean_length_days)
        self.truce = np.where(self.truce > 0, 1.0 - end, start * 1.0)
        # 6
        self.window = np.where(self.deaths_to_answer > 0, lead.retaliation_window_days, self.window)
        pr = np.where(
            self.window > 0,
            1 - (1 - lead.retaliation_probability) ** (1 / lead.retaliation_window_days),
            chance(
                lead.unprovoked_strike_hazard
                * self.attack_rate
                / sit.reference_attack_rate
                * np.where(self.closed_by_decision > 0, lead.strike_multiplier_mission_closed, 1.0)
            ),
        )
        claimed = self.claims.sum(0)
        f0 = self.facades_at_start
        f = np.where(claimed > 0, (self.claims * m.facade_share).sum(0) / np.where(claimed > 0, claimed, 1), f0)
        certain = 1 - m.facade_blur * f0 > 0
        clarity = np.where(certain, (1 - m.facade_blur * f) / np.where(certain, 1 - m.facade_blur * f0, 1), 1.0)
        clarity = np.where(m.facade_blur * np.ones(W) == 1, 1.0, clarity)
        pr = pr * clarity
        pr = np.where(ts < m.closure_threshold, pr * lead.strike_share_after_exit, pr)
        strike = (U_lead[2] < pr * (1 - self.lead_restraint)) * 1.0
        own_strike = strike
        if self.order_strike:
            strike = np.full(W, float(self.order_strike > 0))
        self.window = np.where(own_strike > 0, 0.0, np.maximum(self.window - 1, 0))
        if strike.any():
            hit = strike > 0
            one = np.ones(W)
            militia_dead = hit * geometric(U_lead[4], lead.militia_deaths_per_strike * one)
            iraqi_dead_strike = hit * poisson(U_lead[5], lead.iraqi_force_deaths_per_strike * one)
            civil_dead_strike = hit * poisson(U_lead[6], lead.civilian_deaths_per_strike * one)
        else:
            militia_dead = iraqi_dead_strike = civil_dead_strike = np.zeros(W)
        self.deterrence = np.minimum(1, self.deterrence + strike)
        # 7
        caretaking = self.caretaker > 0
        self.enforcement = np.where(
            caretaking,
            0.0,
            clip(
                (
                    g.enforcement_at_rest
                    + g.enforcement_of_crackdown * self.crackdown
                    + g.enforcement_of_force * self.enforcing_force
                )
                * (1 - self.brokered * self.truce)
                * self.capital
                / g.normal_capital,
                0,
                1,
            ),
        )
        Z0 = g.green_zone_protection_at_start
        target = Z0 + self.force * np.maximum(0, g.green_zone_protection_with_force - Z0)
        self.protection = clip(self.protection + (target - self.protection) / g.green_zone_force_days_to_stand_up, 0, 1)
        arrest = U_gov[0] < chance(g.arrest_rate * self.crackdown)
        reversed_ = arrest & (U_gov[1] < g.arrest_reversal_probability)
        sustained = arrest & ~reversed_
        leave = sigma(
            g.stance_leave_intercept + g.stance_leave_per_strike * self.recent_strikes + g.stance_cabinet * self.friendly
        )
        stay = sigma(g.stance_stay_slope * (self.capital - g.stance_capital) - g.stance_cabinet * self.friendly)
        u = U_gov[5]
        drawn = np.where(u < leave, -1.0, np.where(u < leave + (1 - leave) * stay, 1.0, 0.0))
        self.stance = np.where(U_gov[4] < chance(g.stance_change_hazard), drawn, self.stance)
        # 8
        common = (
            np.log(c.exit_hazard)
            + c.effect_of_coalition_deaths * np.minimum(self.recent_deaths, sit.deaths_counted_at_most)
            + c.effect_of_attack_rate
            * np.maximum(0, log_ratio(self.attack_rate, sit.reference_attack_rate, sit.attack_rate_floor))
            + c.effect_of_host_request * (self.stance < 0)
            - c.effect_of_is_threat * clip(log_ratio(self.is_rate, self.i0, sit.attack_rate_floor), -1, 1)
        )
        fm, fe = (np.zeros((len(self.names), 1)) for _ in range(2))
        for j in range(len(self.names)):
            if self.mandate[j] is not None:
                fm[j] = 0 < (self.mandate[j] - t) % 365 <= c.mandate_window_days
            if self.election[j] is not None:
                d = self.election[j] - t
                fe[j] = 0 < d <= c.election_window_days
        log_calendar = c.effect_of_mandate_renewal * fm + c.effect_of_election * fe - self.mean_log
        recent = self.root * (t - self.decided_on <= c.peer_memory_days)
        x = (recent.sum(0) - recent) / self.others
        leaving = (self.status == DRAWING_DOWN) | (self.status == OUT)
        framed = np.where((self.frame >= 0)[:, None], leaving[self.frame], False)
        closed = np.zeros((len(self.names), W))
        for j, (by, at) in enumerate(zip(self.hosted_by, self.hosted_at, strict=True)):
            if by == "lead":
                level = (
                    self.s.closing_levels[self.s.closing_levels_keys.index(at)] if at in self.s.closing_levels_keys else None
                )
                closed[j] = ts < (c.lead_gone_level if level is None else level)
            elif by == "nato":
                closed[j] = np.maximum(0, 1 - self.staff / self.staff0)
        knock = (
            (c.effect_of_framework_nation_exit * self.knock_frame) * framed
            + (self.b_lead * self.knock_lead) * self.reliance * L
            + (self.b_host * self.knock_lead) * closed
            + (self.b_peers * self.knock_peers) * x
        )
        h = np.exp(log_calendar + common + knock - (c.effect_of_nato_frame * self.backfill) * self.nmi)
        able = (self.status == PRESENT) | (self.status == RELOCATED)
        able &= self.starter[:, None]
        dice = np.where(self.nato_member & (self.as_one & (self.weight > 0)), U_nato, U_coa[0])
        leaves = able & (dice < chance(h))
        k_on = np.maximum(0, 1 - np.exp(-knock))
        course = U_coa[1]
        order = self.ordered & able
        leaves |= order
        k_on = np.where(order, 0.0, k_on)
        relocates = leaves & ~order & (course < (1 - k_on) * c.relocation_share)
        good = leaves & ~relocates
        knocked = good & ~order & (course >= 1 - k_on)
        back = (
            able
            & (self.status == RELOCATED)
            & ~leaves
            & (course < c.return_hazard)
            & ~((c.no_return_during_pullout > 0) & ((self.announcement == FULL) | (closed >= 1)))
        )
        k_day = (k_on * (leaves & ~order)).sum(0)
        was_present = self.status == PRESENT
        self.status = np.where(relocates, RELOCATED, self.status)
        self.status = np.where(good, np.where(was_present, DRAWING_DOWN, OUT), self.status)
        self.status = np.where(back, PRESENT, self.status)
        self.decided_on = np.where(good, t, self.decided_on)
        left = 1 - (t - self.decided_on) / self.duration
        self.status = np.where((self.status == DRAWING_DOWN) & (left <= 0), OUT, self.status)
        self.troops = self.troops0 * np.where(self.status == PRESENT, 1.0, np.where(self.status == DRAWING_DOWN, left, 0.0))
        self.remaining = self.troops.sum(0) / self.troops0.sum()
        rem = self.remaining
        # 9
        n = self.n
        room = np.maximum(0, self.ceiling - self.staff0)
        target = (
            self.staff0
            + room * self.backfill * (self.stance > 0) * np.maximum(ts, n.share_feasible_without_lead)
            + room * self.step_up * (1 - ts)
        )
        wither = (self.backfill == 0) & (self.step_up == 0) & (ts < c.lead_gone_level)
        self.staff = np.where(
            wither, self.staff - self.staff / n.withering_days, self.staff + n.growth_rate * (target - self.staff)
        )
        # 10
        presence = (
            s.lead_share_of_presence * ts * (ts >= self.closing)
            + s.members_share_of_presence * rem
            + s.mission_share_of_presence * self.mission
        )
        presence = presence + self.beyond
        cover = s.cover_at_start * ts
        kept = np.exp(-m.effect_of_protection_on_targeting * np.maximum(0, self.protection - Z0))
        v = self.v
        attraction = np.empty((5, W))
        attraction[0] = v[0] * kept
        attraction[1:4] = v[1:] * (1 + self.d * v[0] * (1 - kept) / v[1:].sum(0))
        attraction[4] = 1
        exposure = {"rockets": (v * presence[:4]).sum(0), "convoys": presence[4]}
        # 11
        ls = i.lead_share_of_enablers
        base = ls * ts + (1 - ls) * rem
        surveillance = np.maximum(base[0], self.o.surveillance_effect * self.oth)
        air = np.maximum(base[1], self.o.air_effect * self.oth) * (1 - self.no_air)
        advice = (
            clip(base[2] + i.nato_advice * (self.staff - self.staff0) / sit.advice_of_full_nato_mission, 0, 1)
            * (1 - self.no_advice)
            * (1 - i.advice_through_mission * self.useful * (1 - self.mission))
        )
        together = i.enabler_weights[0] * surveillance + i.enabler_weights[1] * air + i.enabler_weights[2] * advice
        self.together = together
        civil_dead_air = poisson(U_air, 12 * i.civilian_deaths_of_air_operations / 365 * air)
        # 12
        pull_common = (
            -self.sign_strikes * m.effect_of_deterrence * self.deterrence
            - m.effect_of_enforcement * (self.enforcement - g.enforcement_at_rest)
            + m.effect_of_closure * (ts < m.closure_threshold)
        )
        own = self.capacity * np.exp(
            m.effect_of_grievance * self.grievance
            - m.effect_of_restraint * m.patron_control * (self.restraint - p.restraint_at_start)
        )
        attacks_at = np.zeros((5, W))  # by site
        by = {}
        displaced = {}
        propensity = np.zeros(W)
        capped = np.zeros((5, W), bool)
        for k, r, sites, ud in (
            ("rockets", tr.rocket_rate_in_truce, range(4), U_mil[0]),
            ("convoys", tr.convoy_rate_in_truce, [4], U_mil[1]),
        ):
            prop = self.share[k] * (self.mu[k] * np.exp(self.X[k] + pull_common)) * own
            propensity = propensity + prop.sum(0)
            full = prop + self.E[k]
            pull = np.minimum(full, m.rate_cap)
            capped |= full >= m.rate_cap
            allowed = 1 - self.truce * (1 - r) * self.compliance
            mean = (pull * allowed)[:, None, :] * (attraction * presence)[sites][None]
            a = poisson(U_pair[:, list(sites)], mean)
            attacks_at[list(sites)] += a.sum(0)
            by[k] = a.sum(1)
            displaced[k] = poisson(ud, self.d * pull * np.maximum(0, 1 - exposure[k]))
        on_sites = by["rockets"] + by["convoys"]
        elsewhere = displaced["rockets"] + displaced["convoys"]
        T = m.displaced_targets
        to = np.zeros((4, 5, W))
        if elsewhere.any():
            to[0] = binomial(U_mil[2], elsewhere, T[0])
            to[1] = binomial(U_mil[3], elsewhere - to[0], T[1] / (T[1] + T[2] + T[3]))
            to[2] = binomial(U_mil[4], elsewhere - to[0] - to[1], T[2] / (T[2] + T[3]))
            to[3] = elsewhere - to[0] - to[1] - to[2]
        facade = binomial(U_mil[5], on_sites, m.facade_share)
        # 13, 14, 15
        dead_c, dead_v, dead_i, wounded, chances = self.land(
            attacks_at, U_site, cover, s.coalition_exposure, s.coalition_exposure, s.urban_density / s.density_scale
        )
        n_else = elsewhere.sum(0)
        zero1, one1 = np.zeros((1, W)), np.ones((1, W))
        _, else_v, else_i, else_w, else_chances = self.land(n_else[None], U_else[:, None, :], zero1, zero1, one1, one1)
        from_nineveh = binomial(U_site[7, 3], attacks_at[3], s.erbil_attacks_from_nineveh * np.ones(W))
        at_bases, contractors_dead = dead_c[:4].sum(0), dead_c[4]
        large_by_militias = (chances.sum(0) + else_chances[0]) * self.large
        civil_dead = dead_v.sum(0) + else_v[0]
        # 16
        season = self.season(t)
        local = np.array([np.ones(W) if j is None else presence[j] for j in self.supported_from])

        def near_to(x):
            return (1 - i.local_share_of_enablers) * x + i.local_share_of_enablers * local

        quality_target = (
            1
            - self.loss_advisers * (1 - near_to(advice))
            - g.force_quality_loss_when_divided * (self.recent_arrests > sit.arrest_level_divided)
        )
        self.quality = clip(self.quality + g.force_quality_adjustment_rate * (quality_target - self.quality), 0, 1)
        before, shr, i0 = self.capability, self.shr, self.i0
        near = self.A @ (before / shr)
        growth = i.growth_rate * (1 - self.recruitment * (1 - ts)) * (1 - self.saturation * before / (shr * i0))
        s0 = i.growth_rate * (1 - self.saturation) + i.cross_border_inflow
        suppressed = (
            s0
            * self.quality
            * ((1 - self.dependence_is) + self.dependence_is * near_to(together))
            * (1 - self.k.joint_operations_share * self.disputed * (1 - self.trust / self.k.trust_at_start))
        )
        inflow = (
            i.cross_border_inflow
            * (1 + self.nb.partner_support_dependence * (1 - ts))
            * (1 - self.nb.inflow_stopped_by_closed_border * (self.reads_of @ self.border_closed))
            * shr
            * i0
        )
        self.capability = np.maximum(
            i.floor * shr * i0,
            before
            + before * (growth + i.exogenous_trend - suppressed)
            + i.diffusion_rate * (shr * near - before)
            + inflow
            + i.growth_volatility * before * normal(U_is[0]),
        )
        N = poisson(U_is[1], self.capability * season * (1 - i.self_excitation) + self.Eis)
        self.Eis = self.Eis * self.qis + i.self_excitation * N * (1 - self.qis)
        fatal = binomial(U_is[2], N, np.broadcast_to(i.fatal_share, (7, W)))
        is_civil, is_iraqi = np.zeros(W), np.zeros(W)
        for nth in range(int(fatal.max())):
            killing = fatal > nth
            toll = self.toll((U_is[3] + nth * GOLDEN) % 1)
            civilians = (U_is[4] + nth * GOLDEN) % 1 < i.civilian_share_of_fatal_attacks
            is_civil += (toll * (killing & civilians)).sum(0)
            is_iraqi += (toll * (killing & ~civilians)).sum(0)
        large_by_is = N.sum(0) * i.fatal_share * i.civilian_share_of_fatal_attacks * self.large
        is_attacks = N.sum(0)
        cap_total = self.capability.sum(0)
        self.above = np.where(cap_total > sit.resurgence_level * i0, self.above + 1, 0)
        self.above4 = np.where(cap_total > sit.severe_resurgence_level * i0, self.above4 + 1, 0)
        self.resurgence = np.where(np.isnan(self.resurgence) & (self.above == sit.resurgence_days), t, self.resurgence)
        self.severe = np.where(np.isnan(self.severe) & (self.above4 == sit.resurgence_days), t, self.severe)
        # 17
        fire = from_nineveh + s.erbil_attacks_from_nineveh * to[1].sum(0)
        self.trust = clip(
            self.trust
            + (self.k.trust_at_start - self.trust) / self.k.trust_recovery_days
            - self.k.trust_loss_per_attack * fire,
            0,
            1,
        )
        # 18
        cr = self.cr
        self.mobilisation = (
            self.mobilisation * (1 - 1 / cr.mobilisation_decay_days)
            + cr.mobilisation_per_strike * strike
            + cr.mobilisation_per_civilian_event * (civil_dead > 0)
            + np.maximum(0, cr.mobilisation_noise * normal(U_crowd))
        )
        # 19
        here = self.embassy <= REDUCED
        lev = e.thin_guard_levels
        thin = clip((lev[0] - ts) / (lev[0] - lev[1]), 0, 1)
        gained = 2 * (self.protection - g.green_zone_protection_at_start)
        p1 = here * sigma(
            -e.incident_intercept
            + e.effect_of_mobilisation * np.minimum(self.mobilisation, cr.mobilisation_cap)
            - e.effect_of_protection * gained
            - e.effect_of_restraint * (self.restraint - p.restraint_at_start)
            + e.effect_of_thin_guard * thin
        )
        p2 = np.minimum(1, e.breach_probability * np.exp(-e.breach_protection * gained))
        p3 = e.lethal_breach_probability
        incident = U_emb[0] < p1
        breach = incident & (U_emb[1] < p2)
        lethal = breach & (U_emb[2] < p3)
        embassy_dead = e.deaths_in_lethal_breach * lethal
        secure = chance(
            e.security_closure_hazard * np.maximum(self.attack_rate, sit.attack_rate_floor) / sit.reference_attack_rate
        )
        decided = (self.embassy != CLOSED) & (self.closes_on <= t)
        closure_p = (here & ~decided) * (1 - (1 - secure) * (1 - p1 * p2 * e.closure_after_breach))
        flee = here & ~decided & ((U_emb[3] < secure) | (breach & (U_emb[4] < e.closure_after_breach)))
        self.closed_by_decision = np.where(decided, 1.0, self.closed_by_decision)
        new = np.where(here, np.where(np.isfinite(self.closes_on), REDUCED, OPEN), self.embassy)
        new = np.where(flee, np.where(U_emb[5] < sit.moved_share_of_closures, MOVED, CLOSED), new)
        self.embassy = np.where(decided, CLOSED, new)
        self.mission = np.array([1.0, sit.mission_presence_reduced, sit.mission_presence_moved, 0.0])[self.embassy]
        self.other_missions = self.other_missions * np.exp(-e.other_missions_hazard * (1 - self.mission))
        # 20
        is_ratio = is_attacks / (season * i0)
        missions = (self.mission + self.other_missions) / 2
        self.capital = clip(
            self.capital
            + g.capital_reversion_rate
            * (g.normal_capital - g.capital_of_missions * self.useful * (1 - missions) - self.capital)
            - g.cost_of_civilian_death * civil_dead
            - g.cost_of_embassy_attack * (attacks_at[0] + fire)
            - g.cost_of_strike * strike
            - g.cost_of_breach * breach
            - g.cost_of_is_attacks * (is_ratio - 1)
            + self.sign_announcement * g.effect_of_announcement * self.weight * (self.announced_on == t)
            + g.credit_of_sustained_arrest * sustained
            - g.backlash_of_reversed_arrest * reversed_,
            0,
            1,
        )
        fall_h = np.where(caretaking, 0.0, g.fall_hazard * np.exp(g.effect_of_lost_capital * (g.normal_capital - self.capital)))
        fell = ~caretaking & (U_gov[2] < chance(fall_h))
        self.caretaker = np.where(caretaking, self.caretaker - 1, self.caretaker)
        self.capital = np.where(fell, g.capital_after_fall, self.capital)
        self.caretaker = np.where(fell, np.round(g.caretaker_days), self.caretaker)
        self.friendly = np.where(fell, U_gov[3] < g.patron_friendly_cabinet, self.friendly)
        if t == self.early_election:
            held = U_gov[6] < g.early_election_probability
            self.capital = np.where(held, g.capital_after_fall, self.capital)
            self.caretaker = np.where(held, 0.0, self.caretaker)
            self.friendly = np.where(held, U_gov[7] < g.patron_friendly_cabinet, self.friendly)
        # 21
        B0 = i0[None] * shr
        cross = np.zeros((4, W))
        for j, r in enumerate(self.reads):
            rows = [self.cells.index(x) for x in r if x in self.cells]
            if rows:
                B = self.capability[rows].sum(0) / B0[rows].sum(0)
                cross[j] = (
                    self.nb.cross_border_attack_rate * B * (1 + self.partner[j] * self.nb.partner_support_dependence * (1 - ts))
                )
        closing = U_border < chance(self.nb.border_closing_per_attack * cross)
        self.border_closed = np.where(closing, 1.0, self.border_closed)
        # 22
        for k in ("rockets", "convoys"):
            nn = by[k] + displaced[k]
            self.E[k] = self.E[k] * self.q + (m.self_excitation * nn + self.spread[k] * (nn.sum(0) - nn)) * (1 - self.q)
        griev = self.grievance - self.grievance / m.grievance_memory_days + m.grievance_all_per_strike * strike
        if strike.any():
            cum = np.cumsum(self.claims, 0)
            point = U_lead[3] * cum[-1]
            struck = (point < cum) & (point >= cum - self.claims) & (strike > 0)
            griev = griev + m.grievance_struck * struck
        self.grievance = clip(griev, 0, 1)
        self.capacity = clip(
            self.capacity + (1 - self.capacity) / m.capacity_recovery_days - m.capacity_loss_per_arrest * sustained,
            0,
            1,
        )
        self.claims = self.claims * (1 - 1 / m.claims_memory_days) + on_sites
        # 23
        self.recent_arrests = self.recent_arrests * (1 - 1 / sit.arrest_memory_days) + arrest
        # 24
        self.deterrence = self.deterrence * 2 ** (-1 / lead.deterrence_half_life_days)
        self.deaths_to_answer = at_bases + s.weight_of_host_nationals * contractors_dead + embassy_dead
        self.recent_deaths = self.recent_deaths * (1 - 1 / c.death_memory_days) + self.deaths_to_answer
        self.recent_strikes = self.recent_strikes * (1 - 1 / sit.strike_memory_days) + strike
        # 25
        n_sites = attacks_at.sum(0)
        self.attack_rate = self.attack_rate + (n_sites - self.attack_rate) / sit.rate_memory_days
        self.is_rate = self.is_rate + (is_attacks / season - self.is_rate) / sit.islamic_state_memory_days
        # 26
        add = self.add
        add("attacks", n_sites)
        add("rocket_attacks", by["rockets"].sum(0))
        add("convoy_attacks", by["convoys"].sum(0))
        add("displaced_attacks", n_else)
        add("propensity", propensity)
        add("exposure", exposure["rockets"] + exposure["convoys"])
        add("exposure_rockets", exposure["rockets"])
        add("exposure_convoys", exposure["convoys"])
        add("rate_cap_days", capped.sum(0))
        add("facade_claims", facade.sum(0))
        add("attacks_from_nineveh", from_nineveh)
        add("truce_days", self.truce)
        add("coalition_deaths", at_bases + embassy_dead)
        add("contractor_deaths", contractors_dead)
        add("large_killings_by_militias", large_by_militias)
        add("large_killings_by_islamic_state", large_by_is)
        add("contested_presence", contested)
        add("civilian_deaths_by_militias", civil_dead)
        add("civilian_deaths_by_islamic_state", is_civil)
        add("civilian_deaths_by_strikes", civil_dead_strike)
        add("civilian_deaths_by_air_operations", civil_dead_air)
        add("civilian_deaths_by_others", civil_dead + civil_dead_strike + civil_dead_air)
        add("civilian_deaths", civil_dead + is_civil + civil_dead_strike + civil_dead_air)
        add("iraqi_force_deaths", dead_i.sum(0) + else_i[0] + is_iraqi + iraqi_dead_strike)
        add("militia_deaths", militia_dead)
        add("wounded", wounded.sum(0) + else_w[0])
        add("strikes", strike)
        add("members_leaving", good.sum(0))
        add("knock_on_exits", knocked.sum(0))
        add("knock_on_probability", k_day)
        add("incident_hazard", p1)
        add("breach_hazard", p1 * p2)
        add("lethal_breach_hazard", p1 * p2 * p3)
        add("incidents", incident)
        add("breaches", breach)
        add("lethal_breaches", lethal)
        add("closure_hazard", closure_p)
        add("security_closures", flee)
        add("fall_hazard", fall_h)
        add("government_falls", fell)
        add("arrests", arrest)
        add("islamic_state_attacks", is_attacks)
        if t >= self.days - 30:
            self.last["islamic_state_attacks_last_month"] = self.last.get("islamic_state_attacks_last_month", 0) + is_attacks
        add("attacks_by_site", attacks_at)
        add("attacks_by_faction", on_sites)
        add("displaced_attacks_by_target", to.sum(1))
        add("islamic_state_attacks_by_governorate", N)
        add("cross_border_attacks", cross)

    def add(self, name, x):
        if name in self.flow:
            self.flow[name] += x
        else:
            self.flow[name] = np.array(x, dtype=float)

    def toll(self, u):
        """A truncated zeta in each world (7.1) for (agents, worlds) uniforms."""
        bound = u * self.zeta[-1]
        out = np.empty(u.shape)
        for w in range(self.W):
            out[:, w] = np.searchsorted(self.zeta[:, w], bound[:, w], side="right") + 1
        return out

    def land(self, attacks, U, cover, exposure, exposure_isf, density):
        """Section 7.12, only where there are attacks; density relative to density_scale."""
        s = self.s
        out = [np.zeros(attacks.shape) for _ in range(5)]
        at = np.nonzero(attacks > 0)
        if at[0].size == 0:
            return out
        w = at[1]
        W1 = np.ones(self.W)
        S = attacks[at]

        def par(x):
            return (x * W1)[w]

        def take(x):
            return np.broadcast_to(x, attacks.shape)[at]

        u = [U[j][at] for j in range(7)]
        stopped = par(s.interception_probability) * take(cover)
        pc = 1 - (1 - par(s.fatal_hit_on_coalition) * take(exposure) * (1 - stopped)) ** S
        pv = 1 - (1 - np.minimum(1, par(s.fatal_hit_on_civilians) * take(density))) ** S
        pi = 1 - (1 - par(s.fatal_hit_on_iraqi_forces) * take(exposure_isf)) ** S
        deaths = []
        for j, pr in enumerate((pc, pv, pi)):
            hit = u[j] < pr
            toll = np.zeros(S.size)
            if hit.any():
                ww, uu = w[hit], u[3 + j][hit]
                z = self.zeta[:, ww]
                toll[hit] = (uu * z[-1] >= z).sum(0) + 1
            deaths.append(toll)
            out[j][at] = toll
        out[3][at] = geometric(u[6], par(s.wounded_per_death) * sum(deaths))
        out[4][at] = pv
        return out

    def outcomes(self):
        f = dict(self.flow)
        f.update(self.last)
        st = self.status[self.starter]
        f["attacks_per_exposure"] = f["attacks"] / f["exposure"]
        f["rocket_attacks_per_exposure"] = f["rocket_attacks"] / f.pop("exposure_rockets")
        f["convoy_attacks_per_exposure"] = f["convoy_attacks"] / f.pop("exposure_convoys")
        f["restraint"], f["lead_troop_share"], f["announced"] = self.restraint, self.troop_share, self.weight
        f["ultimatum_executed"], f["announcement_withdrawn"] = self.executed, self.withdrawn
        f["members_present"] = ((st == PRESENT) | (st == DRAWING_DOWN)).sum(0)
        f["members_out"], f["members_relocated"] = (st == OUT).sum(0), (st == RELOCATED).sum(0)
        f["members_troops_gone"] = 1 - self.remaining
        total, lead = self.troops0.sum(), self.lead.troops_at_start
        f["coalition_troops_gone"] = 1 - (self.troop_share * lead + self.remaining * total) / (lead + total)
        f["nato_staff"] = self.staff
        f["mission_closed"], f["mission_presence"] = self.embassy == CLOSED, self.mission
        f["political_capital"], f["stance"], f["green_zone_protection"] = self.capital, self.stance, self.protection
        f["mobilisation"], f["kurdish_trust"] = self.mobilisation, self.trust
        f["islamic_state_capability"] = self.capability.sum(0)
        f["force_quality"] = (self.shr * self.quality).sum(0)
        f["enablers"], f["lead_troops"] = self.together, self.troop_share * self.lead.troops_at_start
        f["attacks_by_governorate"] = self.by_governorate()
        f["resurgence_day"], f["severe_resurgence_day"] = self.resurgence, self.severe
        f["troops_by_member"] = self.troops
        f["exit_day_by_member"] = np.where(self.decided_on >= 0, self.decided_on, np.nan)
        f["border_closed"] = self.border_closed
        f["other_missions_gone"] = 1 - self.other_missions
        return {k: np.asarray(x, float) for k, x in f.items()}

    def by_governorate(self):
        out = np.zeros((len(self.governorates), self.W))
        row = [x["governorate"] for x in self.governorates].index
        for j, x in enumerate(self.sites_table):
            if x["governorate"]:
                out[row(x["governorate"])] += self.flow["attacks_by_site"][j]
        people = np.array([float(x["population"]) * float(x["convoy_route"]) for x in self.governorates])
        out += people[:, None] / people.sum() * self.flow["attacks_by_site"][4]
        to = self.flow["displaced_attacks_by_target"]
        out[row("erbil")] += to[1]
        out[row("baghdad")] += to[0] + to[2] + to[3]
        return out

    def run(self):
        for t in range(self.days):
            self.step(t)
        return self.outcomes()
