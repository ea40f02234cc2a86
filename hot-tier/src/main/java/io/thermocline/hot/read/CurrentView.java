package io.thermocline.hot.read;

import java.util.function.UnaryOperator;

/** A log's view: read without a lock, changed by one at a time. */
public final class CurrentView {
  private volatile LogView view;

  /** Begins with {@code first}. */
  public CurrentView(LogView first) {
    view = first;
  }

  /** The view as it is now. */
  public LogView get() {
    return view;
  }

  /** Puts in place of the view what {@code change} makes of it. */
  public synchronized void change(UnaryOperator<LogView> change) {
    view = change.apply(view);
  }
}
