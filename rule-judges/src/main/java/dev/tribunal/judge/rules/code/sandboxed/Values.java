package dev.tribunal.judge.rules.code.sandboxed;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The JDK's types that cross by value, and how they are rebuilt. */
final class Values {

    static final String AS_LIST = "asList";
    static final String FIXED_LIST = "unmodifiableList";
    static final String FIXED_SET = "unmodifiableSet";
    static final String FIXED_MAP = "unmodifiableMap";
    static final String REVERSED = "reversed ";
    static final String ORDERED = "ordered ";

    /** Values that their text says wholly. */
    static final Map<Class<?>, Function<String, Object>> TEXTS = Map.ofEntries(
            Map.entry(BigInteger.class, BigInteger::new),
            Map.entry(BigDecimal.class, BigDecimal::new),
            Map.entry(LocalDate.class, LocalDate::parse),
            Map.entry(LocalTime.class, LocalTime::parse),
            Map.entry(LocalDateTime.class, LocalDateTime::parse),
            Map.entry(ZonedDateTime.class, ZonedDateTime::parse),
            Map.entry(Instant.class, Instant::parse),
            Map.entry(Duration.class, Duration::parse),
            Map.entry(Period.class, Period::parse),
            Map.entry(Year.class, Year::parse),
            Map.entry(YearMonth.class, YearMonth::parse),
            Map.entry(DayOfWeek.class, DayOfWeek::valueOf),
            Map.entry(UUID.class, UUID::fromString));

    private static final Map<Class<?>, Supplier<Collection<@Nullable Object>>> COLLECTIONS = Map.ofEntries(
            Map.entry(ArrayList.class, ArrayList::new),
            Map.entry(LinkedList.class, LinkedList::new),
            Map.entry(Vector.class, Vector::new),
            Map.entry(Stack.class, Stack::new),
            Map.entry(CopyOnWriteArrayList.class, CopyOnWriteArrayList::new),
            Map.entry(ArrayDeque.class, ArrayDeque::new),
            Map.entry(PriorityQueue.class, PriorityQueue::new),
            Map.entry(HashSet.class, HashSet::new),
            Map.entry(LinkedHashSet.class, LinkedHashSet::new),
            Map.entry(TreeSet.class, TreeSet::new));

    private static final Map<Class<?>, Supplier<Map<@Nullable Object, @Nullable Object>>> MAPS = Map.ofEntries(
            Map.entry(HashMap.class, HashMap::new),
            Map.entry(LinkedHashMap.class, LinkedHashMap::new),
            Map.entry(TreeMap.class, TreeMap::new),
            Map.entry(Hashtable.class, Hashtable::new),
            Map.entry(ConcurrentHashMap.class, ConcurrentHashMap::new));

    private Values() {}

    /**
     * What a collection is rebuilt as: its own type, or the nearest one. An order that is a function of a program's own
     * stays where it is, for it would decide what equals what on the other side.
     */
    static String kindOf(Collection<?> collection, boolean ordersCross) {
        @Nullable
        Comparator<?> order = switch (collection) {
            case SortedSet<?> set -> set.comparator();
            case PriorityQueue<?> queue -> queue.comparator();
            default -> null;
        };
        String name = collection.getClass().getName();
        if (order != null && order.equals(Collections.reverseOrder())) {
            return REVERSED + (collection instanceof SortedSet ? TreeSet.class : PriorityQueue.class).getName();
        }
        if (order != null) {
            return ordersCross
                    ? ORDERED + (collection instanceof SortedSet ? TreeSet.class : PriorityQueue.class).getName()
                    : (collection instanceof SortedSet ? LinkedHashSet.class : ArrayDeque.class).getName();
        }
        if (name.equals("java.util.Arrays$ArrayList")) {
            return AS_LIST;
        }
        if (name.startsWith("java.util.ImmutableCollections$") || name.startsWith("java.util.Collections$")) {
            return collection instanceof Set ? FIXED_SET : FIXED_LIST;
        }
        for (Class<?> type = collection.getClass(); type != null; type = type.getSuperclass()) {
            if (COLLECTIONS.containsKey(type)) {
                return type.getName();
            }
        }
        return switch (collection) {
            case List<?> list -> ArrayList.class.getName();
            case SortedSet<?> set -> TreeSet.class.getName();
            case Set<?> set -> LinkedHashSet.class.getName();
            case Deque<?> deque -> ArrayDeque.class.getName();
            case Queue<?> queue -> LinkedList.class.getName();
            default -> ArrayList.class.getName();
        };
    }

    static String kindOf(Map<?, ?> map, boolean ordersCross) {
        @Nullable Comparator<?> order = map instanceof SortedMap<?, ?> sorted ? sorted.comparator() : null;
        String name = map.getClass().getName();
        if (order != null && order.equals(Collections.reverseOrder())) {
            return REVERSED + TreeMap.class.getName();
        }
        if (order != null) {
            return ordersCross ? ORDERED + TreeMap.class.getName() : LinkedHashMap.class.getName();
        }
        if (name.startsWith("java.util.ImmutableCollections$") || name.startsWith("java.util.Collections$")) {
            return FIXED_MAP;
        }
        for (Class<?> type = map.getClass(); type != null; type = type.getSuperclass()) {
            if (MAPS.containsKey(type)) {
                return type.getName();
            }
        }
        return (map instanceof SortedMap ? TreeMap.class : LinkedHashMap.class).getName();
    }

    /** An empty one, which {@link #finished} may wrap once it is filled. */
    static Collection<@Nullable Object> collection(String kind, @Nullable Comparator<@Nullable Object> order) {
        if (kind.equals(AS_LIST) || kind.equals(FIXED_LIST)) {
            return new ArrayList<>();
        }
        if (kind.equals(FIXED_SET)) {
            return new LinkedHashSet<>();
        }
        if (order != null) {
            return kind.endsWith("TreeSet") ? new TreeSet<>(order) : new PriorityQueue<>(order);
        }
        for (Map.Entry<Class<?>, Supplier<Collection<@Nullable Object>>> one : COLLECTIONS.entrySet()) {
            if (one.getKey().getName().equals(kind)) {
                return one.getValue().get();
            }
        }
        throw new Ended("not a collection: " + kind);
    }

    static Map<@Nullable Object, @Nullable Object> map(String kind, @Nullable Comparator<@Nullable Object> order) {
        if (kind.equals(FIXED_MAP)) {
            return new LinkedHashMap<>();
        }
        if (order != null) {
            return new TreeMap<>(order);
        }
        for (Map.Entry<Class<?>, Supplier<Map<@Nullable Object, @Nullable Object>>> one : MAPS.entrySet()) {
            if (one.getKey().getName().equals(kind)) {
                return one.getValue().get();
            }
        }
        throw new Ended("not a map: " + kind);
    }

    static Object finished(String kind, Object filled) {
        return switch (kind) {
            case AS_LIST -> Arrays.asList(((List<?>) filled).toArray());
            case FIXED_LIST -> Collections.unmodifiableList((List<?>) filled);
            case FIXED_SET -> Collections.unmodifiableSet((Set<?>) filled);
            case FIXED_MAP -> Collections.unmodifiableMap((Map<?, ?>) filled);
            default -> filled;
        };
    }
}
