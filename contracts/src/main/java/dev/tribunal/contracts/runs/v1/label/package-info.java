/** What people say of episodes. */
@NullMarked
package dev.tribunal.contracts.runs.v1.label;

import org.jspecify.annotations.NullMarked;
