/**
 * How the tasks' gradients become one.
 *
 * <p>Input: the tasks' weights and, where a combiner looks at them, the gradients' inner products. Output: a factor for
 * each gradient; what trains the policy is sum_i factor_i g_i.
 */
@NullMarked
package dev.tribunal.methods.combiner;

import org.jspecify.annotations.NullMarked;
