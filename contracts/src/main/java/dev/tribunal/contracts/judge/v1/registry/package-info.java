/**
 * The registry of judges ({@link dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi}): a judge's registration, how
 * it fares, and the templates that one starts from. A judge itself needs nothing of it.
 */
@NullMarked
package dev.tribunal.contracts.judge.v1.registry;

import org.jspecify.annotations.NullMarked;
