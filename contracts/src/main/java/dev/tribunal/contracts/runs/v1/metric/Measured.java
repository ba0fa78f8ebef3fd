package dev.tribunal.contracts.runs.v1.metric;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a metric's name stands for, beside the sentence that is its Javadoc. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Measured {

    /** What a value counts; a share is from 0 to 1. */
    String unit();

    MetricResource.Good good() default MetricResource.Good.NONE;

    /** What stands after the name and a dot, where something may; else empty. */
    String of() default "";

    /** Whether it is also there with {@link MetricNames#SPREAD}. */
    boolean spread() default false;

    /** Whether it is also there with {@link MetricNames#INTERVAL}. */
    boolean interval() default false;

    /** Whether it may be another one when the same run is trained again: what a clock says, or the machine. */
    boolean ofTheMachine() default false;
}
