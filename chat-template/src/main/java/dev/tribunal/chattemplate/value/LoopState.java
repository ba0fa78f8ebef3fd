package dev.tribunal.chattemplate.value;

import dev.tribunal.chattemplate.value.Value.Bool;
import dev.tribunal.chattemplate.value.Value.Int;
import dev.tribunal.chattemplate.value.Value.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a {@code for} is. It looks ahead no further than it is asked to, since a filter may depend on the body. */
public final class LoopState {

    private final int depth;
    private final Optional<Value.Function> recursion;
    private Iterator<Value> items;
    private long index = -1;
    private long length;
    private @Nullable Value after;
    private @Nullable Value current;
    private @Nullable Value before;
    private @Nullable Value lastChanged;

    /**
     * @param length of the items, or -1 where only going through them tells
     * @param recursion renders the body over other items, if the loop is recursive
     */
    public LoopState(Iterator<Value> items, long length, int depth, Optional<Value.Function> recursion) {
        this.items = items;
        this.length = length;
        this.depth = depth;
        this.recursion = recursion;
    }

    @Nullable
    public Value next() {
        Value next = peek();
        if (next == null) {
            return null;
        }
        after = null;
        index++;
        before = current;
        current = next;
        return next;
    }

    private @Nullable Value peek() {
        if (after == null && items.hasNext()) {
            after = items.next();
        }
        return after;
    }

    long length() {
        if (length < 0) {
            List<Value> rest = new ArrayList<>();
            items.forEachRemaining(rest::add);
            items = rest.iterator();
            length = index + 1 + (after == null ? 0 : 1) + rest.size();
        }
        return length;
    }

    public Value call(Arguments arguments) {
        return recursion
                .orElseThrow(() -> new Failure("the loop must have the 'recursive' marker to be called"))
                .body()
                .call(arguments);
    }

    public Optional<Value> attribute(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "index0" -> new Int(index);
                    case "index" -> new Int(index + 1);
                    case "revindex0" -> new Int(length() - index - 1);
                    case "revindex" -> new Int(length() - index);
                    case "first" -> Bool.of(index == 0);
                    case "last" -> Bool.of(peek() == null);
                    case "length" -> new Int(length());
                    case "depth0" -> new Int(depth);
                    case "depth" -> new Int(depth + 1);
                    case "previtem" -> before == null ? new Undefined("there is no previous item") : before;
                    case "nextitem" -> {
                        Value next = peek();
                        yield next == null ? new Undefined("there is no next item") : next;
                    }
                    case "cycle" -> new Value.Function(name, this::cycle);
                    case "changed" -> new Value.Function(name, this::changed);
                    default -> null;
                });
    }

    private Value cycle(Arguments arguments) {
        List<Value> items = arguments.positional();
        if (items.isEmpty()) {
            throw new Failure("no items for cycling given");
        }
        return items.get((int) (index % items.size()));
    }

    private Value changed(Arguments arguments) {
        Value now = new Value.Tuple(arguments.positional());
        boolean changed = lastChanged == null || !Operations.equal(now, lastChanged);
        lastChanged = now;
        return Bool.of(changed);
    }

    @Override
    public String toString() {
        return "<LoopContext " + (index + 1) + "/" + length() + ">";
    }
}
