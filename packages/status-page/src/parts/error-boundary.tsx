import { Component, type ComponentChildren } from 'preact';

interface ErrorBoundaryProps {
  /** Another view begins without the error of the former one. */
  readonly view: string;
  readonly children: ComponentChildren;
}

interface ErrorBoundaryState {
  readonly view: string;
  readonly message?: string;
}

/** Shows a sentence instead of a view that failed to draw: the frame and the other views keep working. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { view: '' };

  override componentDidCatch(error: unknown): void {
    this.setState({ view: this.props.view, message: error instanceof Error ? error.message : String(error) });
  }

  override render({ view, children }: ErrorBoundaryProps, { view: failed, message }: ErrorBoundaryState) {
    if (message === undefined || failed !== view) return children;
    return (
      <p class="view" role="alert">
        This view failed: {message}. Choose another view, or reload the page.
      </p>
    );
  }
}
