@NullMarked
package dev.tribunal.contracts.adapter;

import org.jspecify.annotations.NullMarked;
