/**
 * The papers in plain Java over doubles: which methods there are, and what each needs.
 *
 * <p>{@code reward} says what scores are worth, {@code loss} is the seam, {@code preference}, {@code supervised} and
 * {@code online} are the methods, {@code selection} says which completions are taken, and {@code combiner} makes one
 * gradient of the tasks'. A method is its record: the components are its hyperparameters, and its line in
 * {@link dev.tribunal.methods.Method} registers it.
 */
@NullMarked
package dev.tribunal.methods;

import org.jspecify.annotations.NullMarked;
