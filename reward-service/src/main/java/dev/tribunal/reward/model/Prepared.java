package dev.tribunal.reward.model;

import java.util.Map;

/** What a preparation left behind: a checkpoint's digest, and what was measured. */
record Prepared(String digest, Map<String, Double> metrics) {}
