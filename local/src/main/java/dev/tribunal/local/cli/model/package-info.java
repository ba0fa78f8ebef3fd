/** {@code generate} and {@code merge}: what a checkpoint says, and one made of a checkpoint and an adapter. */
@NullMarked
package dev.tribunal.local.cli.model;

import org.jspecify.annotations.NullMarked;
