package dev.tribunal.contracts.common;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a parameter that is a text may be, which the service holds to. The schema says it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Text {

    /** In characters. */
    int max() default Integer.MAX_VALUE;

    /** A regular expression that the whole text matches, in the form that Java and ECMA-262 share. */
    String pattern() default "";

    /** The words of an enum, if it has to be one of them. */
    Class<?> words() default void.class;
}
