package io.thermocline.tiering;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Stands before a port and throws at calls of its choice, before or after their effect. The calls
 * of all ports that share one are counted together.
 */
final class Faults {

  /** Says what happens to a call. */
  interface Plan {
    /**
     * Called once before and once after each call's effect.
     *
     * @return what to throw; null to go on
     */
    RuntimeException at(String call, boolean after);
  }

  /** The process is gone: nothing of it goes on. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Killed(String where) {
      super("killed at " + where);
    }
  }

  private Plan plan = (call, after) -> null;
  private boolean dead;
  private Object subject;

  void plan(Plan next) {
    plan = next;
  }

  /** Nothing fails from here on; whoever was killed has to be started anew. */
  void none() {
    plan = (call, after) -> null;
    dead = false;
  }

  /** Whether a call was killed: then none has passed since. */
  boolean dead() {
    return dead;
  }

  /** What the call that a plan is asked about is for: its first argument; null without one. */
  Object subject() {
    return subject;
  }

  /** Kills at the n-th point, counted from 1: twice each call, before and after. */
  void killAt(int point) {
    int[] seen = {0};
    plan = (call, after) -> ++seen[0] == point ? new Killed(call) : null;
  }

  <T> T before(Class<T> port, T real) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              Object first = arguments == null ? null : arguments[0];
              throwPlanned(method.getName(), first, false);
              Object answer;
              try {
                answer = method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              throwPlanned(method.getName(), first, true);
              return answer;
            }));
  }

  private void throwPlanned(String call, Object first, boolean after) {
    subject = first;
    RuntimeException fault = dead ? new Killed(call) : plan.at(call, after);
    dead = fault instanceof Killed;
    if (fault != null) {
      throw fault;
    }
  }
}
