package dev.tribunal.languagemodel.adapter;

import dev.tribunal.languagemodel.checkpoint.FloatSource;

/**
 * An adapter to put on a model.
 *
 * @param values of the layout's tensors
 */
public record Adapter(AdapterLayout layout, FloatSource values) {}
